package io.millrace.testkit;

import io.millrace.testkit.MillraceTest.Tasks;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What stands behind {@link MillraceTest}. */
public final class MillraceExtension implements ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(MillraceExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        // A constructor is too early: the objects with tasks are the test's own.
        return parameter.getDeclaringExecutable() instanceof Method
                && (type == TestEngine.class || type == TestClock.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        // Made for the first that asks; one engine for a test, and for its @BeforeEach.
        TestEngine engine =
                context.getStore(NAMESPACE).computeIfAbsent(TestEngine.class, _ -> engine(context), TestEngine.class);
        return parameter.getParameter().getType() == TestEngine.class ? engine : engine.clock();
    }

    private static TestEngine engine(ExtensionContext context) {
        var tasks = new ArrayList<Object>();
        var clock = new TestClock();
        for (Object test : context.getRequiredTestInstances().getAllInstances()) {
            AnnotationSupport.findAnnotation(test.getClass(), MillraceTest.class)
                    .ifPresent(annotation -> tasks.addAll(List.of(annotation.value())));
            for (Class<?> type = test.getClass(); type != null; type = type.getSuperclass()) {
                for (Field field : type.getDeclaredFields()) {
                    if (field.isAnnotationPresent(Tasks.class)) {
                        tasks.add(read(field, test));
                    } else if (field.getType() == TestClock.class) {
                        clock = (TestClock) read(field, test);
                    }
                }
            }
        }
        return TestEngine.with(clock, tasks.toArray());
    }

    private static Object read(Field field, Object test) {
        try {
            field.setAccessible(true);
            Object value = field.get(test);
            if (value == null) {
                throw new IllegalStateException(
                        field + " is null when the engine is made: initialise it where it stands");
            }
            return value;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(field + " cannot be read", e);
        }
    }
}
