package io.nbguard.examples;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SliceRule;
import io.nbguard.core.GuardBuilder;
import io.nbguard.core.NotebookGuard;
import io.nbguard.server.GuardServer;
import io.nbguard.server.GuardServerBuilder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A class can be read after those that it needs, without knowing those that need it. */
class ClassCirclesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.nbguard.api",
                "io.nbguard.spi",
                "io.nbguard.cgroup",
                "io.nbguard.cli",
                "io.nbguard.core",
                "io.nbguard.jdbc",
                "io.nbguard.papermill",
                "io.nbguard.server",
                "io.nbguard.testkit"
            })
    void classesHaveNoCircles(String name) {
        JavaClasses classes = ProductClasses.of(name);
        assertThat(classes).as("classes of " + name).hasSizeGreaterThan(2);

        SliceRule noCircle =
                slices().assignedFrom(new OutermostClasses()).should().beFreeOfCycles();
        // What is built names its builder, builder(): two pairs, and no other.
        noCircle.ignoreDependency(NotebookGuard.class, GuardBuilder.class)
                .ignoreDependency(GuardServer.class, GuardServerBuilder.class)
                .check(classes);
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
