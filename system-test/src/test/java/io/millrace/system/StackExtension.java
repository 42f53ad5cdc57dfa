package io.millrace.system;

import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One stack for all tests, since it takes a while to start: whole again before each of them, stopped after the last. */
final class StackExtension implements ParameterResolver, BeforeEachCallback {

    private static final Namespace HERE = Namespace.create(StackExtension.class);

    @Override
    public void beforeEach(ExtensionContext context) {
        stack(context).up();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Stack.class;
    }

    @Override
    public Stack resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return stack(context);
    }

    private static Stack stack(ExtensionContext context) {
        return context.getRoot().getStore(HERE).computeIfAbsent(Stack.class, key -> Stack.fresh(), Stack.class);
    }
}
