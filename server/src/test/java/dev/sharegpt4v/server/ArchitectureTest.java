package dev.sharegpt4v.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.sharegpt4v.server");

    @Test
    void packagesFormNoCycle() {
        slices().matching("dev.sharegpt4v.server.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void theWireFormsKnowNoServerNoMetricsAndNoCommandLine() {
        noClasses()
                .that()
                .resideInAPackage("..server.openai..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.helidon..",
                        "io.micrometer..",
                        "picocli..",
                        "..server.http..",
                        "..server.telemetry..",
                        "..server.command..")
                .check(CLASSES);
    }

    @Test
    void onlyTheEndpointsAndTheWiringUseHelidon() {
        noClasses()
                .that()
                .resideInAnyPackage("..server.openai..", "..server.telemetry..", "..server.command..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.helidon..")
                .check(CLASSES);
    }

    @Test
    void keysAndSourcesOfImagesKnowNoServer() {
        noClasses()
                .that()
                .resideInAnyPackage("..server.access..", "..server.media..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.helidon..", "..server.http..", "..server.openai..", "..server.telemetry..")
                .check(CLASSES);
    }

    @Test
    void onlySourcesOfImagesAskOtherHosts() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..server.media..", "..server.bench..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.hc..")
                .check(CLASSES);
    }

    @Test
    void endpointsAndMetricsKnowNoCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..server.command..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "me.tongfei..")
                .check(CLASSES);
    }

    @Test
    void onlyTelemetryUsesMicrometer() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..server.telemetry..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .check(CLASSES);
    }

    /** So that nothing of it is loaded while there are no traces. */
    @Test
    void onlyTracingUsesOpenTelemetry() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..server.tracing..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.opentelemetry..")
                .check(CLASSES);
    }

    @Test
    void tracesAndLogsKnowNoServer() {
        noClasses()
                .that()
                .resideInAnyPackage("..server.tracing..", "..server.logging..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.helidon..", "..server.http..", "..server.openai..", "..server.telemetry..")
                .check(CLASSES);
    }

    @Test
    void onlyTheWiringChoosesADevice() {
        noClasses()
                .that()
                .resideInAPackage("..server.*..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..runtime.onnx..", "..runtime.memory..", "ai.onnxruntime..")
                .check(CLASSES);
    }

    @Test
    void onlyCommandsWriteToStandardStreams() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..server.command..")
                .should(ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
    }

    @Test
    void nobodySleeps() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", java.time.Duration.class)
                .check(CLASSES);
    }

    @Test
    void nothingIsNamedForWhatItIsNot() {
        classes()
                .should()
                .haveNameNotMatching(".*(Util|Utils|Helper|Manager|Impl)$")
                .check(CLASSES);
    }
}
