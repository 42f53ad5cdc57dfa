package io.millrace.worker.task;

import io.quarkus.arc.Unremovable;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.build.compatible.spi.AnnotationBuilder;
import jakarta.enterprise.inject.build.compatible.spi.BeanInfo;
import jakarta.enterprise.inject.build.compatible.spi.BuildCompatibleExtension;
import jakarta.enterprise.inject.build.compatible.spi.ClassConfig;
import jakarta.enterprise.inject.build.compatible.spi.Enhancement;
import jakarta.enterprise.inject.build.compatible.spi.InvokerFactory;
import jakarta.enterprise.inject.build.compatible.spi.InvokerInfo;
import jakarta.enterprise.inject.build.compatible.spi.Messages;
import jakarta.enterprise.inject.build.compatible.spi.Parameters;
import jakarta.enterprise.inject.build.compatible.spi.Registration;
import jakarta.enterprise.inject.build.compatible.spi.Synthesis;
import jakarta.enterprise.inject.build.compatible.spi.SyntheticBeanCreator;
import jakarta.enterprise.inject.build.compatible.spi.SyntheticComponents;
import jakarta.enterprise.invoke.Invoker;
import jakarta.enterprise.lang.model.AnnotationInfo;
import jakarta.enterprise.lang.model.declarations.ClassInfo;
import jakarta.enterprise.lang.model.declarations.MethodInfo;
import jakarta.enterprise.lang.model.types.Type;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the methods annotated with {@link Task} when the application is built, and makes a {@link TaskMethod} bean of
 * each, with a generated invoker: no scanning at start, no reflection, the same in a native image.
 */
public class TaskExtension implements BuildCompatibleExtension {

    private record Found(AnnotationInfo task, @Nullable ClassInfo args, boolean takesContext, InvokerInfo invoker) {}

    private final List<Found> found = new ArrayList<>();

    /** Nobody injects a bean that only has tasks; it must not be taken for unused. */
    @Enhancement(types = Object.class, withSubtypes = true, withAnnotations = Task.class)
    public void keep(ClassConfig bean) {
        bean.addAnnotation(Unremovable.class);
    }

    /** Collects the annotated methods of every bean. */
    @Registration(types = Object.class)
    public void find(BeanInfo bean, InvokerFactory invokers, Messages messages) {
        if (!bean.isClassBean()) {
            return;
        }
        for (MethodInfo method : bean.declaringClass().methods()) {
            if (method.hasAnnotation(Task.class)) {
                collect(bean, method, invokers, messages);
            }
        }
    }

    private void collect(BeanInfo bean, MethodInfo method, InvokerFactory invokers, Messages messages) {
        List<Type> parameters =
                method.parameters().stream().map(parameter -> parameter.type()).toList();
        boolean takesContext = !parameters.isEmpty() && isContext(parameters.getLast());
        List<Type> rest = takesContext ? parameters.subList(0, parameters.size() - 1) : parameters;
        if (rest.size() > 1 || (rest.size() == 1 && !isRecord(rest.getFirst()))) {
            messages.error(
                    "A @Task method takes a record of arguments, a TaskContext, both in this order, or neither",
                    method);
            return;
        }
        ClassInfo args = rest.isEmpty() ? null : rest.getFirst().asClass().declaration();
        InvokerInfo invoker =
                invokers.createInvoker(bean, method).withInstanceLookup().build();
        found.add(new Found(method.annotation(Task.class), args, takesContext, invoker));
    }

    private static boolean isContext(Type type) {
        return type.isClass() && type.asClass().declaration().name().equals(TaskContext.class.getName());
    }

    private static boolean isRecord(Type type) {
        return type.isClass() && type.asClass().declaration().isRecord();
    }

    /** Makes a bean of each. */
    @Synthesis
    public void synthesise(SyntheticComponents components) {
        for (Found each : found) {
            var bean = components
                    .addBean(TaskMethod.class)
                    .type(TaskMethod.class)
                    // Tells the beans apart; whoever wants them wants all.
                    .qualifier(AnnotationBuilder.of(Identifier.class)
                            .value(each.task().member("name").asString())
                            .build())
                    .scope(Singleton.class)
                    .withParam("task", each.task())
                    .withParam("takesContext", each.takesContext())
                    .withParam("invoker", each.invoker())
                    .createWith(Creator.class);
            if (each.args() != null) {
                bean.withParam("args", each.args());
            }
        }
    }

    /** Makes one {@link TaskMethod} from what was collected at build time. */
    public static class Creator implements SyntheticBeanCreator<TaskMethod> {
        @Override
        @SuppressWarnings("unchecked")
        public TaskMethod create(Instance<Object> lookup, Parameters parameters) {
            return new TaskMethod(
                    parameters.get("task", Task.class),
                    parameters.get("args", Class.class, null),
                    parameters.get("takesContext", Boolean.class),
                    parameters.get("invoker", Invoker.class));
        }
    }
}
