package io.nbguard.api.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** How a notebook's characters are written: UTF-8 as Jupyter writes it, or what a byte order mark says, as editors leave it. */
public enum NotebookEncoding {
    UTF_8_MARKED(StandardCharsets.UTF_8, 0xef, 0xbb, 0xbf),
    // Before UTF-16, whose mark it begins with.
    UTF_32_LITTLE(Charset.forName("UTF-32LE"), 0xff, 0xfe, 0, 0),
    UTF_32_BIG(Charset.forName("UTF-32BE"), 0, 0, 0xfe, 0xff),
    UTF_16_LITTLE(StandardCharsets.UTF_16LE, 0xff, 0xfe),
    UTF_16_BIG(StandardCharsets.UTF_16BE, 0xfe, 0xff),
    UTF_8(StandardCharsets.UTF_8);

    private static final int LONGEST_MARK = 4;

    private final Charset charset;
    private final int[] mark;

    NotebookEncoding(Charset charset, int... mark) {
        this.charset = charset;
        this.mark = mark;
    }

    /**
     * Returns the characters after the mark. Reading them fails with a {@link java.nio.charset.CharacterCodingException} where
     * they are not what the mark, or its absence, says.
     *
     * @throws IOException if the first bytes cannot be read
     */
    public static Reader reader(InputStream in) throws IOException {
        return reader(in, CodingErrorAction.REPORT);
    }

    /**
     * Returns the same, to be looked at by a person: what cannot be decoded becomes U+FFFD.
     *
     * @throws IOException if the first bytes cannot be read
     */
    public static Reader lenientReader(InputStream in) throws IOException {
        return reader(in, CodingErrorAction.REPLACE);
    }

    private static Reader reader(InputStream in, CodingErrorAction onError) throws IOException {
        PushbackInputStream bytes = new PushbackInputStream(in, LONGEST_MARK);
        byte[] first = bytes.readNBytes(LONGEST_MARK);
        NotebookEncoding encoding = Arrays.stream(values())
                .filter(candidate -> candidate.marks(first))
                .findFirst()
                .orElse(UTF_8);
        bytes.unread(first, encoding.mark.length, first.length - encoding.mark.length);
        return new InputStreamReader(
                bytes, encoding.charset.newDecoder().onMalformedInput(onError).onUnmappableCharacter(onError));
    }

    private boolean marks(byte[] first) {
        if (first.length < mark.length) {
            return false;
        }
        for (int i = 0; i < mark.length; i++) {
            if ((first[i] & 0xff) != mark[i]) {
                return false;
            }
        }
        return true;
    }
}
