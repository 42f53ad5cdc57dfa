package io.millrace.testing;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Who may use whom ({@code ARCHITECTURE.md} says it in words). Each service holds all of this against its own class path;
 * a rule about what a service does not have is empty there.
 */
public final class ArchitectureRules {

    private ArchitectureRules() {}

    /** Fixtures and the kit come in jars that ArchUnit's own option does not know for tests. */
    public static final class NoFixtures implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar")
                    && !location.contains("millrace-testing")
                    && !location.contains("/testing/target/");
        }
    }

    private static final String[] PLAIN = {
        "io.millrace.access",
        "io.millrace.callback",
        "io.millrace.job",
        "io.millrace.queue",
        "io.millrace.waiting",
        "io.millrace.task",
        "io.millrace.fleet",
        "io.millrace.schedule",
        "io.millrace.event",
        "io.millrace.limit",
        "io.millrace.batch",
        "io.millrace.llm",
        "io.millrace.document",
        "io.millrace.alert",
        "io.millrace.audio",
        "io.millrace.workflow",
        "io.millrace.market",
        "io.millrace.pipeline"
    };

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("io.millrace.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule THE_DOMAIN_IS_PLAIN_JAVA = classes()
            .that()
            .resideInAnyPackage(PLAIN)
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(PLAIN)
                    .or(resideInAnyPackage("java..", "com.cronutils..", "com.fasterxml.uuid..", "org.jspecify..")));

    /** The exception is a word that others may know: it tells a refused value from a lost connection. */
    @ArchTest
    static final ArchRule ONLY_THE_STORES_SPEAK_SQL = noClasses()
            .that()
            .resideInAPackage("io.millrace..")
            .and()
            .resideOutsideOfPackages("io.millrace.store", "io.millrace.pack..store..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.vertx.sqlclient..", "io.vertx.pgclient..", "java.sql..")
                    .and(not(name("io.vertx.pgclient.PgException"))));

    @ArchTest
    static final ArchRule PACKS_SEE_ONLY_WHAT_A_USER_SEES = noClasses()
            .that()
            .resideInAPackage("io.millrace.pack..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.millrace.worker.run..",
                    "io.millrace.worker.child..",
                    "io.millrace.worker.lane..",
                    "io.millrace.worker.limit..",
                    "io.millrace.worker.fleet..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule FEATURES_OF_THE_API_NEVER_IMPORT_EACH_OTHER = slices().matching("io.millrace.api.(*)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(alwaysTrue(), resideInAPackage("io.millrace.api.problem.."))
            .ignoreDependency(alwaysTrue(), resideInAPackage("io.millrace.api.body.."))
            .ignoreDependency(alwaysTrue(), resideInAPackage("io.millrace.api.caller.."))
            .ignoreDependency(alwaysTrue(), resideInAPackage("io.millrace.api.args.."))
            // A batch is made of jobs.
            .ignoreDependency(resideInAPackage("io.millrace.api.batch.."), resideInAPackage("io.millrace.api.job.."))
            .allowEmptyShould(true);
}
