package io.nbguard.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host with a class loader of its own, which a server takes away and makes anew at each deployment. */
@Tag("slow")
@Timeout(600)
class WebApplicationTest {

    private static final Duration LONGEST = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    @Test
    void itsClassLoaderGoesWhereTheNativePartBelongsToTheServer() throws Exception {
        Path classes = HostClasses.compile(folder);
        Files.writeString(folder.resolve("job.sh"), "exit 0\n");
        URLClassLoader server = new URLClassLoader(
                urls(Jars.path("nbguard-api", "nbguard-cgroup", "jna", "slf4j-api")),
                ClassLoader.getPlatformClassLoader());

        WeakReference<ClassLoader> application =
                deploy(server, classes + File.pathSeparator + Jars.path("nbguard-core"), "job.sh");
        linkRecord(() -> new OneOfOthers(Path.of("a"), List.of("b")));

        assertThat(isOnceTrue(() -> application.get() == null))
                .as("it is collected")
                .isTrue();
        // JNA's own thread ends when it has had nothing to do for half a minute.
        assertThat(isOnceTrue(() -> threads().noneMatch(name -> name.startsWith("JNA") || name.startsWith("nbguard"))))
                .as("no thread is left")
                .isTrue();
    }

    @Test
    void itsClassLoaderGoesWhereItDoesWithoutTheNativePart() throws Exception {
        Path classes = HostClasses.compile(folder);
        String all = classes
                + File.pathSeparator
                + Jars.path("nbguard-api", "nbguard-core", "nbguard-cgroup", "jna", "slf4j-api");

        WeakReference<ClassLoader> application = deploy(ClassLoader.getPlatformClassLoader(), all, "cgroup.jna=off");
        linkRecord(() -> new AnotherOfOthers(Path.of("a"), List.of("b")));

        assertThat(isOnceTrue(() -> application.get() == null))
                .as("it is collected")
                .isTrue();
    }

    private WeakReference<ClassLoader> deploy(ClassLoader server, String path, String argument) throws Exception {
        Thread current = Thread.currentThread();
        ClassLoader before = current.getContextClassLoader();
        try (URLClassLoader application = new URLClassLoader(urls(path), server)) {
            current.setContextClassLoader(application);
            Class<?> host = application.loadClass("org.example.host.Host");
            host.getMethod("main", String[].class).invoke(null, (Object) new String[] {folder.toString(), argument});
            return new WeakReference<>(application);
        } finally {
            current.setContextClassLoader(before);
        }
    }

    private static URL[] urls(String path) throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String entry : path.split(File.pathSeparator)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return urls.toArray(new URL[0]);
    }

    private static Stream<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName);
    }

    private static boolean isOnceTrue(BooleanSupplier condition) throws InterruptedException {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < LONGEST.toNanos()) {
            System.gc();
            if (condition.getAsBoolean()) {
                return true;
            }
            Thread.sleep(200);
        }
        return false;
    }

    private record OneOfOthers(Path one, List<String> other) {}

    private record AnotherOfOthers(Path one, List<String> other) {}

    /**
     * The JDK keeps the type of the record whose methods were linked last (its handles remember the last type that they were
     * asked for), until those of another one are: as soon as anything else in the server uses a record for the first time.
     */
    private static void linkRecord(Supplier<Object> make) {
        assertThat(make.get()).isEqualTo(make.get()).hasSameHashCodeAs(make.get());
        assertThat(make.get().toString()).contains("OfOthers");
    }
}
