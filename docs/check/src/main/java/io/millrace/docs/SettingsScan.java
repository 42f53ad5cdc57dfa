package io.millrace.docs;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ParameterizedTypeTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/** Finds every key of the configuration: the methods of the interfaces with {@code @ConfigMapping}, groups included. */
final class SettingsScan {

    private final SourceTree sources;
    private final List<Setting> found = new ArrayList<>();

    private SettingsScan(SourceTree sources) {
        this.sources = sources;
    }

    /** Every key, in the order in which a reader expects them: by prefix, then as they are declared. */
    static List<Setting> of(SourceTree sources) {
        var scan = new SettingsScan(sources);
        sources.types().stream()
                .filter(type -> annotation(type.tree(), "ConfigMapping").isPresent())
                .sorted((a, b) -> prefix(a).compareTo(prefix(b)))
                .forEach(type -> scan.group(type, type, prefix(type)));
        return scan.found;
    }

    private static String prefix(SourceTree.Type type) {
        return annotation(type.tree(), "ConfigMapping")
                .flatMap(mapping -> value(mapping, "prefix"))
                .orElse("");
    }

    /** @param owner whose module the keys belong to */
    private void group(SourceTree.Type type, SourceTree.Type owner, String prefix) {
        for (Tree member : type.tree().getMembers()) {
            if (member instanceof MethodTree method && isKey(method)) {
                key(type, owner, method, prefix);
            }
        }
        // What an interface inherits are keys of it as well.
        for (Tree parent : type.tree().getImplementsClause()) {
            sources.find(parent.toString(), type).ifPresent(inherited -> group(inherited, owner, prefix));
        }
    }

    private static boolean isKey(MethodTree method) {
        return method.getBody() == null
                && method.getParameters().isEmpty()
                && method.getReturnType() != null
                && !method.getModifiers().getFlags().contains(Modifier.STATIC);
    }

    private void key(SourceTree.Type type, SourceTree.Type owner, MethodTree method, String prefix) {
        boolean parentName = annotation(method, "WithParentName").isPresent();
        String name = annotation(method, "WithName")
                .flatMap(with -> value(with, "value"))
                .orElseGet(() -> kebab(method.getName().toString()));
        String key = parentName ? prefix : prefix.isEmpty() ? name : prefix + "." + name;
        TreePath path = new TreePath(type.path(), method);
        value(type, owner, method, path, method.getReturnType(), key, "");
    }

    /** Follows a type down to what can be written as one value. */
    private void value(
            SourceTree.Type type,
            SourceTree.Type owner,
            MethodTree method,
            TreePath path,
            Tree declared,
            String key,
            String absent) {
        String outer = rawName(declared);
        List<? extends Tree> inner =
                declared instanceof ParameterizedTypeTree generic ? generic.getTypeArguments() : List.of();
        Optional<SourceTree.Type> known = sources.find(outer, type);
        if (outer.equals("Optional")) {
            value(type, owner, method, path, inner.getFirst(), key, "not set");
        } else if (outer.equals("Map")) {
            boolean leaf = !isGroup(inner.getLast(), type);
            value(type, owner, method, path, inner.getLast(), key + (leaf ? ".\"<name>\"" : ".<name>"), "none");
        } else if (isList(outer) && isGroup(inner.getFirst(), type)) {
            value(type, owner, method, path, inner.getFirst(), key + "[<index>]", "none");
        } else if (known.isPresent() && known.get().tree().getKind() == Tree.Kind.INTERFACE) {
            group(known.get(), owner, key);
        } else {
            String byDefault = annotation(method, "WithDefault")
                    .flatMap(with -> value(with, "value"))
                    .map(text -> "`" + text + "`")
                    .orElse(absent.isEmpty() ? (outer.startsWith("Optional") ? "not set" : "required") : absent);
            found.add(new Setting(
                    sources.module(owner),
                    key,
                    words(declared, type),
                    byDefault,
                    sources.javadoc(path),
                    sources.place(type, path)));
        }
    }

    private boolean isGroup(Tree declared, SourceTree.Type from) {
        return sources.find(rawName(declared), from)
                .filter(type -> type.tree().getKind() == Tree.Kind.INTERFACE)
                .isPresent();
    }

    private static boolean isList(String name) {
        return name.equals("List") || name.equals("Set") || name.equals("Collection");
    }

    /** The name of a type without its arguments, annotations and package. */
    private static String rawName(Tree declared) {
        String name = (declared instanceof ParameterizedTypeTree generic ? generic.getType() : declared).toString();
        return name.replaceAll("@\\w+(\\(.*?\\))?\\s*", "")
                .replaceAll("^.*\\.", "")
                .strip();
    }

    private String words(Tree declared, SourceTree.Type from) {
        String name = rawName(declared);
        if (isList(name) && declared instanceof ParameterizedTypeTree generic) {
            return words(generic.getTypeArguments().getFirst(), from) + ", several with commas between";
        }
        return switch (name) {
            case "Duration" -> "duration";
            case "MemorySize" -> "size";
            case "int", "long", "short", "Integer", "Long", "Short", "OptionalInt", "OptionalLong" -> "whole number";
            case "double", "float", "Double", "Float", "BigDecimal", "OptionalDouble" -> "number";
            case "boolean", "Boolean" -> "`true` or `false`";
            case "String" -> "text";
            case "URI", "URL" -> "address";
            case "Path" -> "file";
            default -> constants(name, from).orElse(name);
        };
    }

    /** The words that an enum is configured by. */
    private Optional<String> constants(String name, SourceTree.Type from) {
        return sources.find(name, from)
                .filter(type -> type.tree().getKind() == Tree.Kind.ENUM)
                .map(type -> type.tree().getMembers().stream()
                        .filter(VariableTree.class::isInstance)
                        .map(VariableTree.class::cast)
                        .filter(constant -> String.valueOf(constant.getType()).equals(name))
                        .map(constant -> "`"
                                + constant.getName()
                                        .toString()
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', '-') + "`")
                        .collect(Collectors.joining(", ")));
    }

    private static Optional<? extends AnnotationTree> annotation(Tree annotated, String name) {
        List<? extends AnnotationTree> all = switch (annotated) {
            case ClassTree type -> type.getModifiers().getAnnotations();
            case MethodTree method -> method.getModifiers().getAnnotations();
            default -> List.of();
        };
        return all.stream()
                .filter(each -> rawName(each.getAnnotationType()).equals(name))
                .findFirst();
    }

    private static Optional<String> value(AnnotationTree annotation, String member) {
        for (ExpressionTree argument : annotation.getArguments()) {
            if (argument instanceof AssignmentTree assignment) {
                if (assignment.getVariable().toString().equals(member)) {
                    return literal(assignment.getExpression());
                }
            } else if (member.equals("value")) {
                return literal(argument);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> literal(ExpressionTree expression) {
        return expression instanceof LiteralTree literal
                ? Optional.of(String.valueOf(literal.getValue()))
                : Optional.of(expression.toString());
    }

    private static String kebab(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }
}
