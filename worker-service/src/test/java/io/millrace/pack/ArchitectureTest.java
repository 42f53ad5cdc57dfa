package io.millrace.pack;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import io.millrace.testing.ArchitectureRules;
import io.millrace.testing.NativeRules;

/** Who may use whom, for the model, the engine and the packs. */
@AnalyzeClasses(
        packages = "io.millrace",
        importOptions = {DoNotIncludeTests.class, ArchitectureRules.NoFixtures.class})
class ArchitectureTest {

    @ArchTest
    static final ArchTests RULES = ArchTests.in(ArchitectureRules.class);

    @ArchTest
    static final ArchTests NATIVE = ArchTests.in(NativeRules.class);
}
