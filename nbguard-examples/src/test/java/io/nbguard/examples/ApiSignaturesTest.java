package io.nbguard.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each published module keeps its public API in {@code api.txt}: a type a paragraph, its members below it. The test fails where
 * the code says something else. To write the files anew: {@code -Dnbguard.docs.write=true}.
 */
class ApiSignaturesTest {

    static List<PublishedModule> modules() throws IOException {
        return PublishedModule.all();
    }

    @Test
    void everyModuleForOthersIsSeen() throws IOException {
        assertThat(modules())
                .extracting(PublishedModule::name)
                .containsExactly(
                        "io.nbguard.api",
                        "io.nbguard.cgroup",
                        "io.nbguard.core",
                        "io.nbguard.jdbc",
                        "io.nbguard.papermill",
                        "io.nbguard.server",
                        "io.nbguard.testkit");
    }

    @ParameterizedTest
    @MethodSource("modules")
    void thePublicApiIsTheOneThatIsWrittenDown(PublishedModule module) throws IOException {
        Path file = module.folder().resolve("api.txt");
        List<String> now = signatures(module);
        if (Boolean.getBoolean("nbguard.docs.write")) {
            Files.write(file, now);
        }
        List<String> written = Files.exists(file) ? Files.readAllLines(file) : List.of();

        assertThat(difference(written, now))
                .as(
                        "the public API of %s is not the one in %s (- written there, + what it is now). If that is meant, write"
                                + " the file anew by mvn -pl nbguard-examples -am test -Dtest=ApiSignaturesTest"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Dnbguard.docs.write=true, and tell users in CHANGELOG.md",
                        module, file)
                .isEmpty();
        assertThat(written).isEqualTo(now);
    }

    @Test
    void aDifferenceIsToldByTypeAndMember() {
        List<String> written = List.of("class io.nbguard.A", "    f()", "    g()", "class io.nbguard.B", "    f()");
        List<String> now = List.of("class io.nbguard.A", "    f()", "class io.nbguard.B", "    f(int)", "    f()");

        assertThat(difference(written, now)).containsExactly("- io.nbguard.A: g()", "+ io.nbguard.B: f(int)");
    }

    /** Returns what is only in one of them, each member with its type. */
    private static List<String> difference(List<String> written, List<String> now) {
        List<String> before = complete(written);
        List<String> after = complete(now);
        return Stream.concat(
                        before.stream().filter(line -> !after.contains(line)).map(line -> "- " + line),
                        after.stream().filter(line -> !before.contains(line)).map(line -> "+ " + line))
                .toList();
    }

    private static List<String> complete(List<String> lines) {
        List<String> complete = new ArrayList<>();
        String type = "";
        for (String line : lines) {
            boolean member = line.startsWith(" ");
            type = member ? type : line.replaceFirst(".*?(io\\.nbguard[\\w.$]+).*", "$1");
            complete.add(member ? type + ": " + line.strip() : line);
        }
        return complete;
    }

    private static List<String> signatures(PublishedModule module) {
        return ProductClasses.ALL.stream()
                .filter(type -> module.exported().contains(type.getPackageName()))
                .map(JavaClass::reflect)
                .filter(ApiSignaturesTest::isVisible)
                .sorted((one, other) -> one.getName().compareTo(other.getName()))
                .flatMap(type ->
                        Stream.concat(Stream.of(head(type)), members(type).map(member -> "    " + member)))
                .toList();
    }

    private static boolean isVisible(Class<?> type) {
        return isVisible(type.getModifiers())
                && (type.getEnclosingClass() == null || isVisible(type.getEnclosingClass()));
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    /** Not {@link Class#toGenericString}, which differs between releases of the JDK. */
    private static String head(Class<?> type) {
        Class<?>[] permitted = type.getPermittedSubclasses();
        Type parent = type.getGenericSuperclass();
        return Modifier.toString(type.getModifiers() & ~Modifier.INTERFACE) + " " + kind(type) + " " + type.getName()
                + Arrays.stream(type.getTypeParameters())
                        .map(ApiSignaturesTest::bounded)
                        .collect(Collectors.joining(", ", "<", ">"))
                        .replace("<>", "")
                + (parent == null || parent == Object.class || type.isEnum() || type.isRecord()
                        ? ""
                        : " extends " + parent.getTypeName())
                + list(type.isInterface() ? " extends " : " implements ", type.getGenericInterfaces())
                + (permitted == null ? "" : list(" permits ", permitted));
    }

    private static String kind(Class<?> type) {
        if (type.isEnum()) {
            return "enum";
        }
        if (type.isRecord()) {
            return "record";
        }
        return type.isAnnotation() ? "@interface" : type.isInterface() ? "interface" : "class";
    }

    private static String bounded(TypeVariable<?> variable) {
        Type[] bounds = variable.getBounds();
        return variable.getName() + (bounds[0] == Object.class ? "" : list(" extends ", bounds));
    }

    private static String list(String word, Type[] types) {
        return types.length == 0
                ? ""
                : word + Arrays.stream(types).map(Type::getTypeName).collect(Collectors.joining(", "));
    }

    private static Stream<String> members(Class<?> type) {
        Stream<Member> declared = Stream.of(
                        type.getDeclaredFields(), type.getDeclaredConstructors(), type.getDeclaredMethods())
                .flatMap(Arrays::stream);
        return declared.filter(member -> isVisible(member.getModifiers()) && !member.isSynthetic())
                .map(ApiSignaturesTest::text)
                .sorted();
    }

    /** Returns a member without the name of its own type before its own. */
    private static String text(Member member) {
        String text = member instanceof Field field ? field.toGenericString() : ((Executable) member).toGenericString();
        String type = member.getDeclaringClass().getName();
        return text.replace(type + "." + member.getName(), member.getName());
    }
}
