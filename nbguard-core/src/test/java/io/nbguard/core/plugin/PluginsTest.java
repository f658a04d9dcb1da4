package io.nbguard.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.core.policy.HeaviestPolicy;
import io.nbguard.spi.device.DeviceProbe;
import io.nbguard.spi.policy.KillPolicy;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.example.plugins.GentlePolicy;
import org.example.plugins.ImpostorPolicy;
import org.example.plugins.OneGpu;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginsTest {

    @TempDir
    private Path classPath;

    @Test
    void ownPluginsAreFoundAndMayBeNamedWithoutTheirPrefix() throws Exception {
        Plugins plugins = discover();

        assertThat(policy(plugins, "heaviest")).isInstanceOf(HeaviestPolicy.class);
        assertThat(policy(plugins, "nbguard-heaviest")).isInstanceOf(HeaviestPolicy.class);
        assertThat(plugins.of(PluginKind.TRIGGER))
                .extracting(found -> found.name().orElse("?"))
                .containsExactly("nbguard-cron", "nbguard-interval", "nbguard-once");
    }

    @Test
    void aThirdPartyPluginIsFoundByItsName() throws Exception {
        assertThat(policy(discover(GentlePolicy.class), "gentle")).isInstanceOf(GentlePolicy.class);
    }

    @Test
    void aMissingNameListsWhatThereIs() throws Exception {
        assertThatThrownBy(() -> policy(discover(GentlePolicy.class), "kindest"))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
                .hasMessageContaining("no kill policy called 'kindest'")
                .hasMessageContaining("gentle")
                .hasMessageContaining("nbguard-heaviest");
    }

    @Test
    void aBrokenPluginThatIsMerelyPresentHidesNoOther() throws Exception {
        Plugins plugins = discover(GentlePolicy.Failing.class, GentlePolicy.Unlinked.class, GentlePolicy.class)
                .checked();

        assertThat(policy(plugins, "gentle").getClass()).isEqualTo(GentlePolicy.class);
        assertThat(problems(plugins)).anySatisfy(problem -> assertThat(problem).contains("no licence found"));
        assertThat(problems(plugins)).anySatisfy(problem -> assertThat(problem).contains("com/example/Missing"));
    }

    @Test
    void aClassThatIsNotThereIsAProblemOfItsOwn() throws Exception {
        Plugins plugins = discoverNames(List.of("com.example.Nowhere", GentlePolicy.class.getName()));

        assertThat(policy(plugins.checked(), "gentle")).isNotNull();
        assertThat(problems(plugins)).singleElement().asString().contains("com.example.Nowhere");
    }

    @Test
    void aBrokenPluginThatWasAskedForFails() throws Exception {
        Plugins plugins = discover(GentlePolicy.Failing.class);

        assertThatThrownBy(() -> policy(plugins, "gentle"))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PLUGIN))
                .hasMessageContaining("GentlePolicy$Failing")
                .hasMessageContaining("no licence found");
    }

    @Test
    void aMalformedNameIsRefused() throws Exception {
        Plugins plugins = discover(GentlePolicy.Misnamed.class, GentlePolicy.Nameless.class);

        assertThatThrownBy(() -> policy(plugins, "Gentle Policy!"))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PLUGIN))
                .hasMessageContaining("malformed");
        assertThat(problems(plugins)).contains("its name is null");
    }

    @Test
    void twoOfOneNameAreRefusedWithBothNamed() throws Exception {
        Plugins plugins = discover(GentlePolicy.class, GentlePolicy.Twin.class);

        assertThatThrownBy(plugins::checked)
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PLUGIN))
                .hasMessageContaining("'gentle'")
                .hasMessageContaining("GentlePolicy and org.example.plugins.GentlePolicy$Twin");
    }

    @Test
    void oneClassListedTwiceIsOnePlugin() throws Exception {
        assertThat(policy(discover(GentlePolicy.class, GentlePolicy.class).checked(), "gentle"))
                .isNotNull();
    }

    @Test
    void oursCannotBeImpersonated() throws Exception {
        Plugins plugins = discover(ImpostorPolicy.class).checked();

        assertThat(policy(plugins, "heaviest")).isInstanceOf(HeaviestPolicy.class);
        assertThat(problems(plugins)).singleElement().asString().contains("reserved for nbguard's own");
    }

    private List<String> problems(Plugins plugins) {
        return plugins.all().stream().flatMap(found -> found.problem().stream()).toList();
    }

    @Test
    void aDeviceProbeIsFound() throws Exception {
        Path services = Files.createDirectories(classPath.resolve("META-INF/services"));
        Files.writeString(services.resolve(DeviceProbe.class.getName()), OneGpu.class.getName());

        assertThat(discover().usable(PluginKind.DEVICE_PROBE, DeviceProbe.class))
                .extracting(DeviceProbe::name)
                .containsExactly("one-gpu");
        assertThat(discover().named(PluginKind.DEVICE_PROBE, "one-gpu", DeviceProbe.class))
                .isInstanceOf(OneGpu.class);
    }

    private static KillPolicy policy(Plugins plugins, String name) {
        return plugins.named(PluginKind.KILL_POLICY, name, KillPolicy.class);
    }

    private Plugins discover(Class<?>... policies) throws IOException {
        return discoverNames(List.of(policies).stream().map(Class::getName).toList());
    }

    private Plugins discoverNames(List<String> policies) throws IOException {
        Path services = Files.createDirectories(classPath.resolve("META-INF/services"));
        Files.write(services.resolve(KillPolicy.class.getName()), policies);
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {classPath.toUri().toURL()}, getClass().getClassLoader())) {
            return Plugins.discover(loader);
        }
    }
}
