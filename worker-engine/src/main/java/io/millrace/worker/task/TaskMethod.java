package io.millrace.worker.task;

import jakarta.enterprise.invoke.Invoker;
import org.jspecify.annotations.Nullable;

/**
 * A method annotated with {@link Task}, found and made callable at build time by {@link TaskExtension}.
 *
 * @param argsType the record of arguments, null where the method takes none
 * @param takesContext whether its last parameter is a {@link TaskContext}
 */
public record TaskMethod(
        Task task, @Nullable Class<?> argsType, boolean takesContext, Invoker<Object, Object> invoker) {

    /** Calls the method. Throws whatever it throws. */
    public @Nullable Object call(@Nullable Object args, TaskContext context) throws Exception {
        Object[] parameters = argsType == null
                ? takesContext ? new Object[] {context} : new Object[0]
                : takesContext ? new Object[] {args, context} : new Object[] {args};
        // No instance is passed: the invoker looks the bean up.
        return invoker.invoke(null, parameters);
    }
}
