package io.nbguard.examples;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The arrows between modules and packages, as docs/architecture.md draws them. */
class ArchitectureTest {

    private static final String[] PLUGINS = {
        "io.nbguard.cgroup..", "io.nbguard.papermill..", "io.nbguard.jdbc..",
    };

    /** The packages that modules export without a qualification. */
    private static final Set<String> EXPORTED = Set.of(
            "io.nbguard.api",
            "io.nbguard.spi",
            "io.nbguard.core",
            "io.nbguard.cgroup",
            "io.nbguard.papermill",
            "io.nbguard.jdbc");

    private static JavaClasses all;

    @BeforeAll
    static void read() {
        all = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.nbguard");
        assertThat(Stream.of("api", "core", "cgroup", "papermill", "jdbc", "examples"))
                .allMatch(module -> all.stream().anyMatch(one -> one.getName().startsWith("io.nbguard." + module)));
    }

    @Test
    void packagesHaveNoCircles() {
        slices().matching("io.nbguard.(**)").should().beFreeOfCycles().check(all);
    }

    @Test
    void theApiNeedsNothing() {
        classes()
                .that()
                .resideInAnyPackage("io.nbguard.api..", "io.nbguard.spi..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.nbguard.api..",
                        "io.nbguard.spi..",
                        "java..",
                        "org.jspecify.annotations..",
                        "com.fasterxml.jackson.annotation..")
                .check(all);
    }

    @Test
    void coreKnowsNoPlugin() {
        noClasses()
                .that()
                .resideInAPackage("io.nbguard.core..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(PLUGINS)
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("io.nbguard.examples..")
                .check(all);
    }

    @Test
    void pluginsKnowTheApiOnly() {
        for (String plugin : PLUGINS) {
            noClasses()
                    .that()
                    .resideInAPackage(plugin)
                    .should()
                    .dependOnClassesThat(JavaClass.Predicates.resideInAnyPackage("io.nbguard..")
                            .and(com.tngtech.archunit.base.DescribedPredicate.not(
                                    JavaClass.Predicates.resideInAnyPackage(
                                            plugin, "io.nbguard.api..", "io.nbguard.spi.."))))
                    .check(all);
        }
    }

    @Test
    void whatIsPublicNamesNothingInternal() {
        Set<String> internal = new TreeSet<>();
        for (JavaClass one : all) {
            if (!EXPORTED.contains(one.getPackageName()) || !one.getModifiers().contains(JavaModifier.PUBLIC)) {
                continue;
            }
            for (JavaCodeUnit unit : one.getCodeUnits()) {
                if (unit.getModifiers().contains(JavaModifier.PUBLIC)
                        || unit.getModifiers().contains(JavaModifier.PROTECTED)) {
                    unit.getParameterTypes().stream()
                            .flatMap(type -> type.getAllInvolvedRawTypes().stream())
                            .filter(ArchitectureTest::isInternal)
                            .forEach(type -> internal.add(unit.getFullName() + " takes " + type.getName()));
                    unit.getReturnType().getAllInvolvedRawTypes().stream()
                            .filter(ArchitectureTest::isInternal)
                            .forEach(type -> internal.add(unit.getFullName() + " returns " + type.getName()));
                }
            }
        }
        assertThat(internal).isEmpty();
    }

    private static boolean isInternal(JavaClass type) {
        return type.getPackageName().startsWith("io.nbguard")
                && (!EXPORTED.contains(type.getPackageName())
                        || !type.getModifiers().contains(JavaModifier.PUBLIC));
    }
}
