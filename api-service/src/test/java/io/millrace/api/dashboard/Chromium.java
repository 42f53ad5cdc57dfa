package io.millrace.api.dashboard;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The browser of the system this runs on, driven by Playwright, which would otherwise download one of its own. */
final class Chromium implements AutoCloseable {

    static final Path BINARY = Path.of("/usr/bin/chromium");

    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static final int TIMEOUT_MILLIS = 15_000;

    private final Playwright playwright;
    private final Browser browser;
    private final String axe;
    private final String base;

    /** What pages have thrown or could not load since it was last asked. */
    private final List<String> complaints = new ArrayList<>();

    Chromium(int port) {
        PlaywrightAssertions.setDefaultAssertionTimeout(TIMEOUT_MILLIS);
        base = "http://127.0.0.1:" + port;
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(BINARY)
                        .setArgs(List.of(
                                "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")));
        axe = resource("/axe.min.js");
    }

    static boolean installed() {
        return Files.isExecutable(BINARY);
    }

    /** A window of its own, as somebody with this taste and this screen would have it. */
    Page open(ColorScheme scheme, int width, int height) {
        return open(scheme, width, height, "UTC");
    }

    Page open(ColorScheme scheme, int width, int height, String timezone) {
        BrowserContext context = browser.newContext(new Browser.NewContextOptions()
                .setBaseURL(base)
                .setColorScheme(scheme)
                .setTimezoneId(timezone)
                .setViewportSize(width, height));
        context.setDefaultTimeout(TIMEOUT_MILLIS);
        Page page = context.newPage();
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") && !message.text().startsWith("Failed to load resource")) {
                complaints.add(message.text());
            }
        });
        return page;
    }

    /** Goes there and waits until the page has drawn what it asked for. */
    static void visit(Page page, String address) {
        page.navigate(address);
        drawn(page);
    }

    static void drawn(Page page) {
        page.waitForSelector(".page[data-ready]");
    }

    List<String> complaints() {
        var said = List.copyOf(complaints);
        complaints.clear();
        return said;
    }

    /** What axe finds that is serious or critical: the rule, and where. */
    List<String> seriousViolations(Page page) {
        return seriousViolations(page, "{resultTypes: ['violations']}");
    }

    /** The same of the one rule that asks what colours there are. */
    List<String> seriousViolationsOfColour(Page page) {
        return seriousViolations(page, "{resultTypes: ['violations'], runOnly: ['color-contrast']}");
    }

    @SuppressWarnings("unchecked")
    private List<String> seriousViolations(Page page, String options) {
        page.evaluate(axe);
        return (List<String>) page.evaluate("""
                () => axe.run(document, %s).then(found => found.violations
                  .filter(v => v.impact === "serious" || v.impact === "critical")
                  .flatMap(v => v.nodes.slice(0, 5).map(n => v.id + " at " + n.target.join(" ") + ": " + n.failureSummary)))
                """.formatted(options));
    }

    /** Where something lies beyond the right edge of what holds it: the label of what holds it, and by how much. */
    @SuppressWarnings("unchecked")
    static List<String> cutOff(Page page) {
        return (List<String>) page.evaluate("""
                () => [...document.querySelectorAll(".card, .tile, .scroll:not(.graph)")].filter(e => e.scrollWidth > e.clientWidth + 1)
                  .map(e => `${e.getAttribute("aria-label")}: ${e.scrollWidth} in ${e.clientWidth}`)
                """);
    }

    static void screenshot(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(SCREENSHOTS.resolve(name + ".png"))
                .setFullPage(true));
    }

    private static String resource(String name) {
        try (InputStream in = Chromium.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is on the class path of the tests");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
