package io.nbguard.cgroup.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.nbguard.spi.probe.ResourceProbe;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class ProbeServicesTest {

    @Test
    void allThreeAreFoundOnTheClassPath() {
        assertThat(ServiceLoader.load(ResourceProbe.class))
                .extracting(ResourceProbe::name, ResourceProbe::preference)
                .contains(tuple("nbguard-cgroup2", 300), tuple("nbguard-cgroup1", 200), tuple("nbguard-host", 100));
    }

    @Test
    void theModuleDeclaresTheSameOnes() throws Exception {
        Path classes = Path.of(Cgroup2Probe.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());

        assertThat(ModuleFinder.of(classes)
                        .find("io.nbguard.cgroup")
                        .orElseThrow()
                        .descriptor()
                        .provides())
                .filteredOn(provides -> provides.service().equals(ResourceProbe.class.getName()))
                .singleElement()
                .satisfies(provides -> assertThat(provides.providers())
                        .containsExactly(
                                Cgroup2Probe.class.getName(), Cgroup1Probe.class.getName(), HostProbe.class.getName()));
    }
}
