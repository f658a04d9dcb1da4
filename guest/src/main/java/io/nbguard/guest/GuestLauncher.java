package io.nbguard.guest;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClasspathRoots;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.reporting.legacy.xml.LegacyXmlReportGeneratingListener;

/**
 * Runs the tests of one module inside the guest: {@code GuestLauncher REPORTS CLASSES TAG [CLASS…]}. Without classes, all
 * below the folder CLASSES that carry the tag. Leaves one report for each class, at once when it is done, so that what
 * has run is known even if a later test brings this JVM down. Exits with 1 if a test failed, with 2 if there was none.
 */
final class GuestLauncher {

    private GuestLauncher() {}

    public static void main(String[] args) throws IOException {
        Path reports = Files.createDirectories(Path.of(args[0]));
        Launcher launcher = LauncherFactory.create();
        List<String> named = List.of(args).subList(3, args.length);
        Set<String> classes = classes(launcher, selectors(Path.of(args[1]), named), args[2]);
        boolean failed = false;
        for (String name : classes) {
            failed |= !run(launcher, name, args[2], reports);
        }
        System.out.flush();
        // Also where a test has left a thread behind.
        System.exit(classes.isEmpty() ? 2 : failed ? 1 : 0);
    }

    private static List<? extends DiscoverySelector> selectors(Path folder, List<String> named) {
        return named.isEmpty()
                ? selectClasspathRoots(Set.of(folder))
                : named.stream().map(name -> selectClass(name)).toList();
    }

    private static LauncherDiscoveryRequest request(List<? extends DiscoverySelector> selectors, String tag) {
        return LauncherDiscoveryRequestBuilder.request()
                .selectors(selectors)
                .filters(TagFilter.includeTags(tag))
                .build();
    }

    private static Set<String> classes(Launcher launcher, List<? extends DiscoverySelector> selectors, String tag) {
        TestPlan plan = launcher.discover(request(selectors, tag));
        Set<String> names = new TreeSet<>();
        for (TestIdentifier engine : plan.getRoots()) {
            for (TestIdentifier container : plan.getChildren(engine)) {
                container
                        .getSource()
                        .filter(ClassSource.class::isInstance)
                        .ifPresent(source -> names.add(((ClassSource) source).getClassName()));
            }
        }
        return names;
    }

    private static boolean run(Launcher launcher, String name, String tag, Path reports) throws IOException {
        Path folder = Files.createTempDirectory(reports, "running");
        TestProgress progress = new TestProgress(name);
        launcher.execute(
                request(List.of(selectClass(name)), tag),
                progress,
                new LegacyXmlReportGeneratingListener(folder, new PrintWriter(System.err, true)));
        Path report = reports.resolve("TEST-guest-" + name + ".xml");
        List<Path> made = new ArrayList<>();
        try (var files = Files.newDirectoryStream(folder, "TEST-*.xml")) {
            files.forEach(made::add);
        }
        if (made.size() != 1) {
            throw new IllegalStateException("expected one report of " + name + ", found " + made);
        }
        Files.move(made.get(0), report, StandardCopyOption.REPLACE_EXISTING);
        Files.delete(folder);
        return progress.passed();
    }
}
