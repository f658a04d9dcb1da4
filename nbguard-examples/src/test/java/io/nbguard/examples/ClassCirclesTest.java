package io.nbguard.examples;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In these packages a class can be read after those that it needs, without knowing those that need it. */
class ClassCirclesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.nbguard.api.resource",
                "io.nbguard.jdbc",
                "io.nbguard.server.access",
                "io.nbguard.server.api",
                "io.nbguard.server.http",
                "io.nbguard.server.json",
                "io.nbguard.server.notebook",
                "io.nbguard.server.shape",
                "io.nbguard.server.stream",
                "io.nbguard.cgroup.node",
                "io.nbguard.cgroup.kernel",
                "io.nbguard.cgroup.leaf",
                "io.nbguard.cgroup.libc",
                "io.nbguard.cgroup.process",
                "io.nbguard.core.admission",
                "io.nbguard.core.assembly",
                "io.nbguard.core.emergency",
                "io.nbguard.core.execution",
                "io.nbguard.core.executor",
                "io.nbguard.core.history",
                "io.nbguard.core.measure",
                "io.nbguard.core.recovery",
                "io.nbguard.core.sampling",
                "io.nbguard.core.schedule",
                "io.nbguard.core.sidecar",
                "io.nbguard.core.thread",
                "io.nbguard.core.watchdog",
                "io.nbguard.core.workspace",
                "io.nbguard.papermill"
            })
    void classesHaveNoCircles(String name) {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(name);
        assertThat(classes).as("classes of " + name).hasSizeGreaterThan(2);

        slices().assignedFrom(new OutermostClasses()).should().beFreeOfCycles().check(classes);
    }

    /** Each class with what is nested in it. */
    private static final class OutermostClasses implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass one) {
            String name = one.getName();
            int nested = name.indexOf('$');
            return SliceIdentifier.of(nested < 0 ? name : name.substring(0, nested));
        }

        @Override
        public String getDescription() {
            return "classes with what is nested in them";
        }
    }
}
