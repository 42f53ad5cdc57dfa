package io.millrace.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test of a class a {@link TestEngine} of its own, as a parameter. Its tasks are those of the classes named
 * here, and of the objects in fields with {@link Tasks}; its clock is that of the test's {@link TestClock} field, if it
 * has one.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(MillraceExtension.class)
public @interface MillraceTest {

    /** Classes with {@code @Task} methods and a constructor without parameters. */
    Class<?>[] value() default {};

    /** On a field: the tasks of the object in it are the engine's. */
    @Documented
    @Target(ElementType.FIELD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Tasks {}
}
