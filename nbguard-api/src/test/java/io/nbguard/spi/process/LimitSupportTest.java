package io.nbguard.spi.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.Resource;
import io.nbguard.api.resource.ResourceSpec;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LimitSupportTest {

    @Test
    void limitsThatCannotBeKeptAreRefusedByName() {
        Allocation given = Allocation.of(ResourceSpec.builder()
                .memory(ByteSize.ofGibibytes(1))
                .cpus(2)
                .pids(100)
                .build());
        assertThatThrownBy(() -> LimitSupport.require(given, Set.of(Resource.MEMORY), "the tracker of the test"))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                .hasMessageContainingAll("the tracker of the test cannot limit cpu, pids", "it can limit memory");
        assertThatCode(() -> LimitSupport.require(given, Set.of(Resource.MEMORY, Resource.CPU, Resource.PIDS), "it"))
                .doesNotThrowAnyException();
        assertThatCode(() -> LimitSupport.require(Allocation.NONE, Set.of(), "it"))
                .doesNotThrowAnyException();
    }
}
