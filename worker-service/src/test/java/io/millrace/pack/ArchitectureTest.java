package io.millrace.pack;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may use whom, for the model, the engine and the packs. */
@AnalyzeClasses(
        packages = "io.millrace",
        importOptions = {DoNotIncludeTests.class, ArchitectureTest.NoFixtures.class})
class ArchitectureTest {

    /** The model's fixtures come in a jar that the usual option does not know for tests. */
    static final class NoFixtures implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("io.millrace.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule THE_DOMAIN_IS_PLAIN_JAVA = classes()
            .that()
            .resideInAnyPackage(
                    "io.millrace.job",
                    "io.millrace.queue",
                    "io.millrace.task",
                    "io.millrace.fleet",
                    "io.millrace.limit",
                    "io.millrace.event")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "com.fasterxml.uuid..",
                    "org.jspecify..",
                    "io.millrace.job",
                    "io.millrace.queue",
                    "io.millrace.task",
                    "io.millrace.fleet",
                    "io.millrace.limit",
                    "io.millrace.event");

    @ArchTest
    static final ArchRule ONLY_THE_STORES_SPEAK_SQL = noClasses()
            .that()
            .resideInAPackage("io.millrace..")
            .and()
            .resideOutsideOfPackages("io.millrace.store", "io.millrace.pack..store..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.sqlclient..", "io.vertx.pgclient..", "java.sql..");

    @ArchTest
    static final ArchRule PACKS_SEE_ONLY_WHAT_A_USER_SEES = noClasses()
            .that()
            .resideInAPackage("io.millrace.pack..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.millrace.worker.run..",
                    "io.millrace.worker.child..",
                    "io.millrace.worker.lane..",
                    "io.millrace.worker.fleet..");
}
