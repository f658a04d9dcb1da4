package io.nbguard.examples;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The types that a folder's Java sources declare, with their methods, fields and nested types, by simple names. */
final class DeclaredNames {

    private final Map<String, Set<String>> membersOfTypes = new HashMap<>();
    private final Set<String> methods = new HashSet<>();

    private DeclaredNames() {}

    /** Parses every source file below {@code root} but those in hidden folders and in {@code target}; compiles nothing. */
    static DeclaredNames below(Path root) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DeclaredNames names = new DeclaredNames();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(sources(root)));
            for (CompilationUnitTree unit : task.parse()) {
                unit.accept(names.new Scanner(), null);
            }
        }
        return names;
    }

    private static List<Path> sources(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = String.valueOf(folder.getFileName());
                boolean left = !folder.equals(root) && (name.startsWith(".") || name.equals("target"));
                return left ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    /** Returns whether there is a type with this simple name, on its own or nested in another. */
    boolean hasType(String name) {
        return membersOfTypes.containsKey(name);
    }

    /** Returns whether a type with this simple name declares the method, field, constant, component or nested type. */
    boolean hasMember(String type, String member) {
        return membersOfTypes.getOrDefault(type, Set.of()).contains(member);
    }

    /** Returns whether any type declares a method with this name. */
    boolean hasMethod(String name) {
        return methods.contains(name);
    }

    private final class Scanner extends TreeScanner<@Nullable Void, @Nullable String> {

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable String around) {
            String name = type.getSimpleName().toString();
            if (name.isEmpty()) {
                return super.visitClass(type, around);
            }
            declare(around, name);
            membersOfTypes.putIfAbsent(name, new HashSet<>());
            return super.visitClass(type, name);
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable String around) {
            declare(around, method.getName().toString());
            methods.add(method.getName().toString());
            // What a body declares is no member of the type.
            return null;
        }

        @Override
        public @Nullable Void visitVariable(VariableTree field, @Nullable String around) {
            declare(around, field.getName().toString());
            return null;
        }

        private void declare(@Nullable String around, String member) {
            if (around != null) {
                membersOfTypes
                        .computeIfAbsent(around, unseen -> new HashSet<>())
                        .add(member);
            }
        }
    }
}
