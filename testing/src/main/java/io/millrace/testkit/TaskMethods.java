package io.millrace.testkit;

import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.millrace.worker.task.TaskMethod;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tasks of objects, by the rules that {@code TaskExtension} has when an application is built. There is no
 * container here: nothing is injected, and interceptors are around the methods only if the object brings them.
 */
final class TaskMethods {

    private TaskMethods() {}

    /**
     * The tasks of these objects.
     *
     * @param tasks objects, or classes with a constructor without parameters
     * @param thrown told of everything that a task throws
     */
    static List<TaskMethod> of(List<?> tasks, Consumer<Throwable> thrown) {
        var found = new ArrayList<TaskMethod>();
        for (Object each : tasks) {
            Object bean = each instanceof Class<?> type ? make(type) : each;
            int before = found.size();
            collect(bean, thrown, found);
            if (found.size() == before) {
                throw new IllegalArgumentException(bean.getClass().getName() + " has no method with @Task");
            }
        }
        return found;
    }

    private static void collect(Object bean, Consumer<Throwable> thrown, List<TaskMethod> found) {
        // Upwards, because a container's proxy overrides the methods without their annotations.
        for (Class<?> type = bean.getClass(); type != null; type = type.getSuperclass()) {
            Method[] methods = type.getDeclaredMethods();
            Arrays.sort(methods, (a, b) -> a.toString().compareTo(b.toString()));
            for (Method method : methods) {
                Task task = method.getAnnotation(Task.class);
                if (task != null && !method.isBridge()) {
                    found.add(taskMethod(bean, method, task, thrown));
                }
            }
        }
    }

    private static TaskMethod taskMethod(Object bean, Method method, Task task, Consumer<Throwable> thrown) {
        List<Class<?>> parameters = List.of(method.getParameterTypes());
        boolean takesContext = !parameters.isEmpty() && parameters.getLast() == TaskContext.class;
        List<Class<?>> rest = takesContext ? parameters.subList(0, parameters.size() - 1) : parameters;
        if (rest.size() > 1 || (rest.size() == 1 && !rest.getFirst().isRecord())) {
            throw new IllegalArgumentException(
                    "A @Task method takes a record of arguments, a TaskContext, both in this order, or neither: "
                            + method);
        }
        method.setAccessible(true);
        return new TaskMethod(
                task,
                rest.isEmpty() ? null : rest.getFirst(),
                takesContext,
                (_, arguments) -> call(bean, method, arguments, thrown));
    }

    /** Calls the method. A worker's invoker throws what the method throws, and so does this. */
    private static @Nullable Object call(Object bean, Method method, Object[] arguments, Consumer<Throwable> thrown)
            throws Exception {
        try {
            return method.invoke(bean, arguments);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getTargetException();
            thrown.accept(cause);
            if (cause instanceof Error error) {
                throw error;
            }
            throw (Exception) cause;
        }
    }

    private static Object make(Class<?> type) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(
                    type.getName() + " has no constructor without parameters: make one yourself and hand it over", e);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(type.getName() + " cannot be made: " + e.getTargetException(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(type.getName() + " cannot be made", e);
        }
    }
}
