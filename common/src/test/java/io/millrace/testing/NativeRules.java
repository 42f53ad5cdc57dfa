package io.millrace.testing;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.ReferencedClassObject;
import com.tngtech.archunit.core.domain.properties.CanBeAnnotated;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.net.http.HttpClient;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a native image needs and can be seen without building one; each of these fails there only when it runs, and mostly
 * in silence. Each service holds its own class path against them.
 */
public final class NativeRules {

    private static final String REGISTERED = "io.quarkus.runtime.annotations.RegisterForReflection";
    private static final String TASK = "io.millrace.worker.task.Task";

    /** Their state is that of the machine and the moment, and statics are made where the image is built. */
    private static final Set<Class<?>> OF_THE_MACHINE =
            Set.of(HttpClient.class, Executor.class, RandomGenerator.class, Clock.class, Thread.class);

    private NativeRules() {}

    @ArchTest
    static final ArchRule STATICS_HOLD_NOTHING_OF_THE_MACHINE = fields().that()
            .areStatic()
            .and()
            .areDeclaredInClassesThat()
            .resideInAPackage("io.millrace..")
            .should()
            .notHaveRawType(describe("a part of the machine", NativeRules::isOfTheMachine));

    @ArchTest
    static final ArchRule NOTHING_IS_LOOKED_UP_BY_NAME = noClasses()
            .that()
            .resideInAPackage("io.millrace..")
            .should()
            .callMethodWhere(describe("a class is found by its name", NativeRules::findsByName));

    @ArchTest
    static void whatJacksonTouchesIsRegistered(JavaClasses classes) {
        Set<String> registered = registered(classes);
        Set<String> forgotten = new TreeSet<>();
        touched(classes)
                .filter(each -> !registered.contains(each.getName()))
                .forEach(each -> forgotten.add(each.getName()));

        assertThat(forgotten)
                .as("become JSON or are read from it, without @RegisterForReflection(registerFullHierarchy = true)")
                .isEmpty();
    }

    private static boolean isOfTheMachine(JavaClass type) {
        return OF_THE_MACHINE.stream().anyMatch(type::isAssignableTo);
    }

    private static boolean findsByName(JavaCall<?> call) {
        JavaClass owner = call.getTargetOwner();
        String name = call.getName();
        return owner.isEquivalentTo(ServiceLoader.class)
                || (owner.isEquivalentTo(Class.class) && name.equals("forName"))
                || (owner.isAssignableTo(ClassLoader.class) && name.equals("loadClass"));
    }

    /** What says by an annotation that Jackson is to read or write it, and what tasks and routes take and return. */
    private static Stream<JavaClass> touched(JavaClasses classes) {
        Set<JavaClass> named = classes.stream()
                .flatMap(type -> type.getReferencedClassObjects().stream())
                .map(ReferencedClassObject::getRawType)
                .collect(Collectors.toSet());
        return classes.stream()
                .filter(type -> type.getPackageName().startsWith("io.millrace"))
                .flatMap(type -> Stream.concat(
                        isForJackson(type) && isEverMade(type, named) ? Stream.of(type) : Stream.empty(),
                        type.getMethods().stream()
                                .filter(method -> method.isAnnotatedWith(TASK) || isRoute(method))
                                .flatMap(NativeRules::takenAndReturned)))
                .filter(NativeRules::isData);
    }

    /** Some are there for the OpenAPI document alone, which is written while the application is built. */
    private static boolean isEverMade(JavaClass type, Set<JavaClass> named) {
        return !type.getConstructorCallsToSelf().isEmpty() || named.contains(type);
    }

    private static boolean isForJackson(JavaClass type) {
        return Stream.<CanBeAnnotated>concat(Stream.of(type), type.getMembers().stream())
                .anyMatch(each -> each.isAnnotatedWith(describe(
                        "Jackson",
                        annotation -> annotation
                                .getRawType()
                                .getPackageName()
                                .matches("com\\.fasterxml\\.jackson\\.(databind\\.)?annotation"))));
    }

    private static boolean isRoute(JavaMethod method) {
        return method.getOwner().isAnnotatedWith("jakarta.ws.rs.Path")
                && method.getModifiers().contains(JavaModifier.PUBLIC);
    }

    private static Stream<JavaClass> takenAndReturned(JavaMethod method) {
        Stream<JavaClass> returned = method.getReturnType().getAllInvolvedRawTypes().stream();
        return method.isAnnotatedWith(TASK)
                ? Stream.concat(returned, method.getRawParameterTypes().stream())
                : returned;
    }

    private static boolean isData(JavaClass type) {
        return type.getPackageName().startsWith("io.millrace") && (type.isRecord() || type.isEnum());
    }

    /** What is annotated, what such an annotation names, and all that these are made of. */
    private static Set<String> registered(JavaClasses classes) {
        var open = new ArrayDeque<JavaClass>();
        for (JavaClass type : classes) {
            type.tryGetAnnotationOfType(REGISTERED).ifPresent(annotation -> {
                if (wholeHierarchy(annotation)) {
                    JavaClass[] targets =
                            (JavaClass[]) annotation.get("targets").orElseThrow();
                    open.addAll(targets.length == 0 ? Set.of(type) : Set.of(targets));
                }
            });
        }
        var found = new HashSet<String>();
        while (!open.isEmpty()) {
            JavaClass type = open.remove();
            if (found.add(type.getName())) {
                type.getFields().stream()
                        .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
                        .map(JavaField::getType)
                        .flatMap(each -> each.getAllInvolvedRawTypes().stream())
                        .map(JavaClass::getBaseComponentType)
                        .filter(NativeRules::isData)
                        .forEach(open::add);
            }
        }
        return found;
    }

    private static boolean wholeHierarchy(JavaAnnotation<?> annotation) {
        return annotation
                .get("registerFullHierarchy")
                .filter(Boolean.TRUE::equals)
                .isPresent();
    }
}
