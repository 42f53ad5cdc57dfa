package io.millrace.docs;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes {@code docs/configuration.md} from its template and the configuration interfaces of all modules, and the list of
 * keys that services know mistyped ones by. Run by {@code make docs}; a test says when that was forgotten.
 */
final class ConfigReference {

    static final Path DOCUMENT = Path.of("docs/configuration.md");
    static final Path KNOWN_KEYS = Path.of("common/src/main/java/io/millrace/config/KnownKeys.java");

    private static final Path TEMPLATE = Path.of("docs/check/configuration.md.template");
    private static final Pattern PLACE = Pattern.compile("\\{\\{(settings|values) ([^}]+)}}");

    private final Path root;
    private final List<Setting> settings;
    private final List<Shipped> shipped;

    /**
     * A value that a module is shipped with.
     *
     * @param profile empty for all
     */
    private record Shipped(String module, String profile, String key, String value) {}

    private ConfigReference(Path root) throws IOException {
        this.root = root.toAbsolutePath().normalize();
        this.settings = SettingsScan.of(SourceTree.read(root));
        this.shipped = shippedValues(this.root);
    }

    static ConfigReference of(Path root) throws IOException {
        return new ConfigReference(root);
    }

    /** Brings both files up to date. @param arguments the checkout, if it is not the current folder */
    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments.length == 0 ? "." : arguments[0]);
        ConfigReference reference = of(root);
        if (!reference.problems().isEmpty()) {
            throw new IllegalStateException(String.join(System.lineSeparator(), reference.problems()));
        }
        Files.writeString(root.resolve(DOCUMENT), reference.document());
        Files.writeString(root.resolve(KNOWN_KEYS), reference.knownKeys());
    }

    /** Keys nobody has explained, and others that cannot be shown. */
    List<String> problems() {
        var problems = new ArrayList<String>();
        var seen = new LinkedHashMap<String, Setting>();
        for (Setting setting : settings) {
            if (setting.meaning().isEmpty()) {
                problems.add(setting.declaredAt() + ": " + setting.key() + " has no Javadoc");
            }
            Setting before = seen.put(setting.key(), setting);
            if (before != null) {
                problems.add(
                        setting.key() + " is declared twice: " + before.declaredAt() + " and " + setting.declaredAt());
            }
        }
        return problems;
    }

    List<Setting> settings() {
        return settings;
    }

    String document() {
        var shown = new ArrayList<String>();
        String template = SourceTree.text(root.resolve(TEMPLATE));
        Matcher named = PLACE.matcher(template);
        while (named.find()) {
            if (named.group(1).equals("settings") && !named.group(2).equals("*")) {
                shown.addAll(List.of(named.group(2).split(" ")));
            }
        }
        return PLACE.matcher(template)
                .replaceAll(place -> Matcher.quoteReplacement(
                        place.group(1).equals("values")
                                ? values(place.group(2))
                                : place.group(2).equals("*")
                                        ? others(shown)
                                        : table(List.of(place.group(2).split(" ")))));
    }

    private String table(List<String> modules) {
        String rows = settings.stream()
                .filter(setting -> modules.contains(setting.module()))
                .map(this::row)
                .collect(Collectors.joining("\n"));
        return "| key | type | default | meaning |\n|---|---|---|---|\n" + rows;
    }

    private String row(Setting setting) {
        return "| `" + setting.key() + "` | " + setting.type() + " | " + cell(setting.byDefault() + shippedAs(setting))
                + " | " + cell(setting.meaning()) + " |";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    /** Where a module is shipped with another value than the interface's. */
    private String shippedAs(Setting setting) {
        return shipped.stream()
                .filter(each -> each.key().equals(setting.key()))
                .map(each -> "; " + each.module() + (each.profile().isEmpty() ? "" : " in profile " + each.profile())
                        + ": `" + each.value() + "`")
                .collect(Collectors.joining());
    }

    /** A section for each module that the template does not name. */
    private String others(List<String> shown) {
        Map<String, List<Setting>> left = settings.stream()
                .filter(setting -> !shown.contains(setting.module()))
                .collect(Collectors.groupingBy(Setting::module, TreeMap::new, Collectors.toList()));
        return left.keySet().stream()
                .map(module -> "## " + module + "\n\n" + table(List.of(module)) + "\n")
                .collect(Collectors.joining("\n"));
    }

    /** What is shipped for a key with a free name in it: {@code `name` value, …}. */
    private String values(String key) {
        Pattern form = Pattern.compile(Pattern.quote(key).replace("<name>", "\\E(?<name>.+)\\Q"));
        return shipped.stream()
                .filter(each -> each.profile().isEmpty())
                .map(each -> {
                    Matcher matched = form.matcher(each.key());
                    return matched.matches() ? "`" + matched.group("name") + "` " + each.value() : "";
                })
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private static List<Shipped> shippedValues(Path root) throws IOException {
        var found = new ArrayList<Shipped>();
        for (Path file : SourceTree.filesBelow(
                root, each -> each.toString().endsWith(".properties") && SourceTree.isMain(root, each, "resources"))) {
            String module = root.relativize(file).toString().replace('\\', '/').replaceAll("/src/main/.*", "");
            if (module.startsWith("bench")) {
                // Measures, and is not shipped.
                continue;
            }
            ordered(file).forEach((name, value) -> {
                Matcher key =
                        Pattern.compile("(?:%([\\w-]+)\\.)?(millrace\\..+)").matcher(name);
                if (key.matches()) {
                    found.add(new Shipped(module, key.group(1) == null ? "" : key.group(1), key.group(2), value));
                }
            });
        }
        return found;
    }

    /** The properties of a file as they follow each other there. */
    private static Map<String, String> ordered(Path file) {
        var ordered = new LinkedHashMap<String, String>();
        var properties = new Properties() {
            private static final long serialVersionUID = 1L;

            @Override
            public synchronized Object put(Object key, Object value) {
                ordered.put((String) key, (String) value);
                return value;
            }
        };
        try {
            properties.load(new StringReader(SourceTree.text(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ordered;
    }

    /** The Java source that tells services which keys there are. */
    String knownKeys() {
        String keys = settings.stream()
                .map(setting -> "            " + setting.key() + "\n")
                .distinct()
                .sorted()
                .collect(Collectors.joining());
        return """
                package io.millrace.config;

                import java.util.List;

                /** Every key of the configuration there is. Written by {@code make docs}: not to be edited. */
                final class KnownKeys {

                    private KnownKeys() {}

                    static final List<String> ALL = ""\"
                %s            ""\".lines().toList();
                }
                """.formatted(keys);
    }
}
