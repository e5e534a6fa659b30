package dev.sharegpt4v.runtime;

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
            .importPackages("dev.sharegpt4v.runtime");

    @Test
    void packagesFormNoCycle() {
        slices().matching("dev.sharegpt4v.runtime.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void onlyTheOnnxPackageUsesOnnxRuntime() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..runtime.onnx..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnxruntime..")
                .check(CLASSES);
    }

    @Test
    void theAcceleratorKnowsNoGraphRuntimeAndNoScheduling() {
        noClasses()
                .that()
                .resideInAPackage("..runtime.accelerator..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "..runtime.onnx..", "..runtime.engine..", "..runtime.memory..", "..runtime.sampling..")
                .check(CLASSES);
    }

    @Test
    void onlyTheAcceleratorAndTheGraphRuntimeTouchForeignMemory() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..runtime.accelerator..", "..runtime.onnx..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .check(CLASSES);
    }

    @Test
    void memoryAndExecutionKnowNoEngine() {
        noClasses()
                .that()
                .resideInAnyPackage("..runtime.memory..", "..runtime.execution..", "..runtime.sampling..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..runtime.engine..", "..runtime.onnx..", "..runtime.accelerator..")
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
