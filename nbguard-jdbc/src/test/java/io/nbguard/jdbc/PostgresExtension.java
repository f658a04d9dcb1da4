package io.nbguard.jdbc;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests a {@link PostgresServer}: one for all classes, started for the first and stopped after the last. */
final class PostgresExtension implements ExecutionCondition, ParameterResolver {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return PostgresServer.binaries()
                .map(found -> ConditionEvaluationResult.enabled("PostgreSQL is in " + found))
                .orElseGet(() -> ConditionEvaluationResult.disabled(
                        "there is no PostgreSQL server in /usr/lib/postgresql: install Debian's package postgresql"));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == PostgresServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        // The store closes it at the end of everything.
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(PostgresServer.class))
                .computeIfAbsent(PostgresServer.class, key -> PostgresServer.started(), PostgresServer.class);
    }
}
