package io.nbguard.core.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.ResourceSpec;
import io.nbguard.core.executor.Extensions;
import io.nbguard.core.executor.OpenExecutor;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.executor.ExecutorCapabilities.Feature;
import io.nbguard.spi.executor.ExecutorSession;
import io.nbguard.spi.executor.ExitReport;
import io.nbguard.spi.executor.Force;
import io.nbguard.spi.executor.LaunchedExecution;
import io.nbguard.spi.executor.StopAnswer;
import io.nbguard.spi.executor.UnsupportedFeatureException;
import io.nbguard.testkit.FolderEngine;
import io.nbguard.testkit.FolderExecutor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an executor cannot do with an execution under way is refused by type, with the executor's name and the feature. */
@Timeout(30)
class FeatureGateTest {

    @TempDir
    private Path folder;

    private final List<String> asked = new ArrayList<>();

    private LaunchedExecution gate(LaunchedExecution underWay, Set<Feature> features) {
        FolderExecutor plugin = new FolderExecutor(new FolderEngine(folder), "folder-engine", features);
        ExecutorSession session = (request, context) -> underWay;
        ExecutorCapabilities capabilities = plugin.capabilities(PluginConfig.EMPTY);
        return new FeatureGate(underWay, new OpenExecutor(plugin, session, capabilities, Extensions.of(plugin)));
    }

    private static List<Function<LaunchedExecution, CompletableFuture<Void>>> calls() {
        return List.of(
                LaunchedExecution::suspend,
                LaunchedExecution::resume,
                LaunchedExecution::checkpoint,
                execution -> execution.update(Allocation.of(ResourceSpec.NONE)));
    }

    private static final List<Feature> NEEDED =
            List.of(Feature.SUSPEND, Feature.SUSPEND, Feature.CHECKPOINT, Feature.UPDATE_LIMITS);

    private static void assertRefused(LaunchedExecution gate) {
        for (int i = 0; i < NEEDED.size(); i++) {
            Feature needed = NEEDED.get(i);
            CompletableFuture<Void> answer = calls().get(i).apply(gate);
            assertThatThrownBy(answer::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(UnsupportedFeatureException.class, refusal -> {
                        assertThat(refusal.code()).isEqualTo(ErrorCode.UNSUPPORTED);
                        assertThat(refusal.executor()).isEqualTo("folder-engine");
                        assertThat(refusal.feature()).isEqualTo(needed);
                    })
                    .hasMessageContaining("folder-engine")
                    .hasMessageContaining(needed.name());
        }
    }

    @Test
    void whatIsNotStatedIsRefusedWithoutAskingTheExecutor() {
        assertRefused(gate(new Able(CompletableFuture::new), Set.of(Feature.RECOVER)));
        assertThat(asked).isEmpty();
    }

    @Test
    void whatIsStatedAndNotImplementedIsRefusedAsWell() {
        assertRefused(gate(new Plain(), Set.of(Feature.values())));
    }

    @Test
    void whatIsStatedIsAskedForAndAnswersWhenTheExecutorDoes() {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        LaunchedExecution gate = gate(new Able(() -> answer), Set.of(Feature.values()));
        List<CompletableFuture<Void>> given =
                calls().stream().map(call -> call.apply(gate)).toList();

        assertThat(asked).containsExactly("suspend", "resume", "checkpoint", "update");
        assertThat(given).noneMatch(CompletableFuture::isDone);
        answer.complete(null);
        assertThat(given).allSatisfy(done -> assertThat(done).isCompleted());
    }

    @Test
    void anExecutorThatBreaksIsNamed() {
        List<Supplier<CompletableFuture<Void>>> broken = new ArrayList<>();
        broken.add(() -> {
            throw new IllegalStateException("on purpose");
        });
        broken.add(() -> CompletableFuture.failedFuture(new IllegalStateException("on purpose")));
        broken.add(() -> null);
        for (Supplier<CompletableFuture<Void>> way : broken) {
            CompletableFuture<Void> answer =
                    gate(new Able(way), Set.of(Feature.SUSPEND)).suspend();
            assertThatThrownBy(answer::get)
                    .cause()
                    .isInstanceOfSatisfying(GuardException.class, refusal -> assertThat(refusal.code())
                            .isEqualTo(ErrorCode.PLUGIN))
                    .hasMessageContaining("folder-engine")
                    .hasMessageContaining("SUSPEND");
        }
    }

    /** Implements nothing that needs a feature. */
    private static class Plain implements LaunchedExecution {

        @Override
        public CompletableFuture<ExitReport> completion() {
            return new CompletableFuture<>();
        }

        @Override
        public CompletableFuture<StopAnswer> stop(Force force) {
            return CompletableFuture.completedFuture(StopAnswer.GONE);
        }
    }

    /** Implements everything. */
    private final class Able extends Plain {

        private final Supplier<CompletableFuture<Void>> answer;

        Able(Supplier<CompletableFuture<Void>> answer) {
            this.answer = answer;
        }

        private CompletableFuture<Void> does(String what) {
            asked.add(what);
            return answer.get();
        }

        @Override
        public CompletableFuture<Void> suspend() {
            return does("suspend");
        }

        @Override
        public CompletableFuture<Void> resume() {
            return does("resume");
        }

        @Override
        public CompletableFuture<Void> checkpoint() {
            return does("checkpoint");
        }

        @Override
        public CompletableFuture<Void> update(Allocation allocation) {
            return does("update");
        }
    }
}
