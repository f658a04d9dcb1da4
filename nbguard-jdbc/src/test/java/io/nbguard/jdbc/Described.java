package io.nbguard.jdbc;

import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.spi.store.StoredExecution;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All that is in a value, to be compared: requests and specs have no equality of their own. */
public final class Described {

    private Described() {}

    /** Returns every field of it, those that will be added one day included. */
    public static Map<String, Object> all(Object value) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (Field field : value.getClass().getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                fields.put(field.getName(), described(read(field, value)));
            }
        }
        if (value instanceof ExecutionRequest request) {
            fields.put(
                    "order of parameters", new ArrayList<>(request.parameters().keySet()));
            fields.put("order of tags", List.copyOf(request.tags()));
        }
        return fields;
    }

    private static Object described(Object value) {
        return value instanceof ExecutionRequest
                        || value instanceof ScheduleSpec
                        || value instanceof Schedule
                        || value instanceof StoredExecution
                ? all(value)
                : value;
    }

    private static Object read(Field field, Object value) {
        try {
            field.setAccessible(true);
            return field.get(value);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
