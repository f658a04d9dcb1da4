package io.nbguard.cli.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A JSON object that a host has answered with; what is not there, or of another type, is empty. */
public record Item(Map<String, @Nullable Object> members) {

    /** Returns any value as an item; an empty one if it is no object. */
    public static Item of(@Nullable Object value) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, member) -> members.put(String.valueOf(name), member));
        }
        return new Item(members);
    }

    /** Returns a string; empty if there is none. */
    public String text(String name) {
        return members.get(name) instanceof String text ? text : "";
    }

    /** Returns a number. */
    public Optional<Double> number(String name) {
        return members.get(name) instanceof Number number ? Optional.of(number.doubleValue()) : Optional.empty();
    }

    /** Returns a whole number; zero if there is none. */
    public long whole(String name) {
        return number(name).map(Double::longValue).orElse(0L);
    }

    /** Returns a number of seconds. */
    public Duration seconds(String name) {
        return Duration.ofMillis(Math.round(number(name).orElse(0.0) * 1_000));
    }

    /** Returns an object; an empty one if there is none. */
    public Item item(String name) {
        return of(members.get(name));
    }

    /** Returns the objects of a list; none if there is no list. */
    public List<Item> items(String name) {
        return members.get(name) instanceof List<?> list
                ? list.stream().map(Item::of).toList()
                : List.of();
    }

    /** Returns whether it is true. */
    public boolean flag(String name) {
        return Boolean.TRUE.equals(members.get(name));
    }

    /** Returns {@code 3/7}, or {@code -} when nothing is known. */
    public String cells() {
        return number("cellsTotal")
                .map(total -> whole("cellsDone") + "/" + total.longValue())
                .orElse("-");
    }
}
