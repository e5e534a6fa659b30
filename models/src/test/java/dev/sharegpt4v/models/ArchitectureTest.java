package dev.sharegpt4v.models;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.sharegpt4v.models");

    @Test
    void packagesFormNoCycle() {
        slices().matching("dev.sharegpt4v.models.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void onlyTheConverterWritesGraphs() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..models.convert..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnx.proto..", "com.google.protobuf..")
                .check(CLASSES);
    }

    @Test
    void nothingHereKnowsTheServerOrOnnxRuntimeItself() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.sharegpt4v.server..", "ai.onnxruntime..", "io.helidon..")
                .check(CLASSES);
    }

    @Test
    void whatReadsCheckpointsTextAndPixelsKnowsNoExecution() {
        noClasses()
                .that()
                .resideInAnyPackage("..models.checkpoint..", "..models.text..", "..models.chat..", "..models.image..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..runtime.onnx..", "..runtime.memory..", "..runtime.sampling..")
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
