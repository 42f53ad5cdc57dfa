package io.millrace.docs;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import javax.tools.ToolProvider;

/** The sources of all modules, parsed by the JDK's own compiler and not compiled: nothing has to be on a class path. */
final class SourceTree {

    /** A class or an interface, nested ones included. */
    record Type(CompilationUnitTree unit, TreePath path) {
        ClassTree tree() {
            return (ClassTree) path.getLeaf();
        }

        String name() {
            return tree().getSimpleName().toString();
        }

        String packageName() {
            return String.valueOf(unit.getPackageName());
        }
    }

    private final Path root;
    private final DocTrees docs;
    private final List<Type> types = new ArrayList<>();

    private SourceTree(Path root, JavacTask task) throws IOException {
        this.root = root;
        this.docs = DocTrees.instance(task);
        for (CompilationUnitTree unit : task.parse()) {
            new TreePathScanner<Void, Void>() {
                @Override
                public Void visitClass(ClassTree tree, Void nothing) {
                    types.add(new Type(unit, getCurrentPath()));
                    return super.visitClass(tree, null);
                }
            }.scan(unit, null);
        }
    }

    /** Reads every {@code src/main/java} below. */
    static SourceTree read(Path root) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("this is a Java runtime without a compiler: run it with a JDK");
        }
        Path absolute = root.toAbsolutePath().normalize();
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            var sources = files.getJavaFileObjectsFromPaths(
                    filesBelow(absolute, file -> file.toString().endsWith(".java") && isMain(absolute, file, "java")));
            var task = (JavacTask) compiler.getTask(null, files, _ -> {}, List.of("-proc:none"), null, sources);
            return new SourceTree(absolute, task);
        }
    }

    /** Whether a file is part of what is shipped. */
    static boolean isMain(Path root, Path file, String kind) {
        String path = root.relativize(file).toString().replace('\\', '/');
        return path.contains("src/main/" + kind + "/");
    }

    /** Files below a folder, in order; what is hidden or built is left out. */
    static List<Path> filesBelow(Path root, Predicate<Path> wanted) throws IOException {
        var found = new ArrayList<Path>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = String.valueOf(folder.getFileName());
                boolean left = !folder.equals(root) && (name.startsWith(".") || name.equals("target"));
                return left ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (wanted.test(file)) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        found.sort(null);
        return found;
    }

    List<Type> types() {
        return types;
    }

    /** The type that a simple name means where it is written: nested there, of the same package, or imported. */
    Optional<Type> find(String simpleName, Type from) {
        List<Type> named =
                types.stream().filter(type -> type.name().equals(simpleName)).toList();
        return first(named, type -> type.unit().equals(from.unit()))
                .or(() -> first(named, type -> type.packageName().equals(from.packageName())))
                .or(() -> first(
                        named,
                        type -> from.unit().getImports().stream()
                                .anyMatch(line ->
                                        line.getQualifiedIdentifier().toString().endsWith("." + simpleName))));
    }

    private static Optional<Type> first(List<Type> types, Predicate<Type> wanted) {
        return types.stream().filter(wanted).findFirst();
    }

    /** The Javadoc of a class or method as Markdown, empty where there is none. */
    String javadoc(TreePath path) {
        var comment = docs.getDocCommentTree(path);
        return comment == null ? "" : Javadoc.toMarkdown(comment.getFullBody());
    }

    /** File and line. */
    String place(Type type, TreePath path) {
        long at = docs.getSourcePositions().getStartPosition(type.unit(), path.getLeaf());
        return file(type) + ":" + type.unit().getLineMap().getLineNumber(at);
    }

    /** The folder of the module a type belongs to. */
    String module(Type type) {
        String file = file(type);
        return file.substring(0, Math.max(0, file.indexOf("/src/main/")));
    }

    private String file(Type type) {
        return root.relativize(Path.of(type.unit().getSourceFile().toUri()))
                .toString()
                .replace('\\', '/');
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
