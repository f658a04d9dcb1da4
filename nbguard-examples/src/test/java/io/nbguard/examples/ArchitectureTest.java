package io.nbguard.examples;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows between modules and packages, as docs/architecture.md draws them. */
class ArchitectureTest {

    /** The packages that modules export to all. */
    private static Set<String> exported = Set.of();

    private static JavaClasses all;

    @BeforeAll
    static void read() throws IOException {
        exported = PublishedModule.allExported();
        all = ProductClasses.ALL;
        assertThat(Stream.of("api", "core", "cgroup", "papermill", "jdbc", "server", "testkit", "cli", "examples"))
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

    @ParameterizedTest
    @MethodSource("arrows")
    void aModuleKnowsOnlyThoseThatItsArrowsLeadTo(String module, List<String> known) {
        List<String> allowed = Stream.concat(
                        Stream.of("io.nbguard.api..", "io.nbguard.spi.."),
                        Stream.concat(Stream.of(module), known.stream()).map(name -> "io.nbguard." + name + ".."))
                .toList();
        noClasses()
                .that()
                .resideInAPackage("io.nbguard." + module + "..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.nbguard..").and(not(resideInAnyPackage(allowed.toArray(String[]::new)))))
                .check(all);
    }

    /** Each module, and those that it knows beside the API. */
    static Stream<Arguments> arrows() {
        return Stream.of(
                arguments("core", List.of()),
                arguments("cgroup", List.of()),
                arguments("papermill", List.of()),
                arguments("jdbc", List.of()),
                arguments("testkit", List.of()),
                arguments("server", List.of("core")),
                arguments("cli", List.of("server", "core", "cgroup", "papermill")),
                arguments("examples", List.of("core", "server")));
    }

    @Test
    void whatIsPublicNamesNothingInternal() {
        Set<String> internal = new TreeSet<>();
        for (JavaClass one : all) {
            if (!exported.contains(one.getPackageName()) || !one.getModifiers().contains(JavaModifier.PUBLIC)) {
                continue;
            }
            one.getSuperclass().ifPresent(parent -> note(internal, one.getName(), "extends", parent));
            one.getInterfaces().forEach(parent -> note(internal, one.getName(), "implements", parent));
            for (JavaMember member : one.getMembers()) {
                if (!isForOthers(member)) {
                    continue;
                }
                if (member instanceof JavaField field) {
                    note(internal, field.getFullName(), "is", field.getType());
                } else if (member instanceof JavaCodeUnit unit) {
                    unit.getParameterTypes().forEach(type -> note(internal, unit.getFullName(), "takes", type));
                    note(internal, unit.getFullName(), "returns", unit.getReturnType());
                    unit.getExceptionTypes().forEach(type -> note(internal, unit.getFullName(), "throws", type));
                }
            }
        }
        assertThat(internal).isEmpty();
    }

    private static boolean isForOthers(JavaMember member) {
        return member.getModifiers().contains(JavaModifier.PUBLIC)
                || member.getModifiers().contains(JavaModifier.PROTECTED);
    }

    private static void note(Set<String> internal, String where, String how, JavaType type) {
        type.getAllInvolvedRawTypes().stream()
                .filter(ArchitectureTest::isInternal)
                .forEach(found -> internal.add(where + " " + how + " " + found.getName()));
    }

    private static boolean isInternal(JavaClass type) {
        return type.getPackageName().startsWith("io.nbguard")
                && (!exported.contains(type.getPackageName())
                        || !type.getModifiers().contains(JavaModifier.PUBLIC));
    }
}
