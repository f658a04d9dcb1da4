package io.nbguard.core.recovery;

import io.nbguard.core.workspace.Claim;
import io.nbguard.core.workspace.FolderOwner;
import io.nbguard.core.workspace.PrivateFolder;
import io.nbguard.core.workspace.RunFolders;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folders for temporary files that guards leave behind when they are killed. Only a folder with a {@link Claim}, of this
 * user, and of a guard that is proved to be dead is removed; not one of an execution that outlives its guard. Links are never
 * followed.
 */
public final class StaleFolders {

    private static final Logger LOG = LoggerFactory.getLogger(StaleFolders.class);

    private StaleFolders() {}

    /** Removes what dead guards have left in {@code place}. What cannot be removed stays for the next time. */
    public static void remove(Path place) {
        Optional<FolderOwner> self = FolderOwner.current();
        if (self.isEmpty()) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(place, "nbguard-*" + Claim.ENDING)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                remove(file.resolveSibling(name.substring(0, name.length() - Claim.ENDING.length())), self.get());
            }
        } catch (IOException | DirectoryIteratorException | UnsupportedOperationException e) {
            LOG.debug("{} cannot be searched for what killed guards left", place, e);
        }
    }

    private static void remove(Path folder, FolderOwner self) {
        try {
            Optional<Claim> found = Claim.read(folder)
                    .filter(claim -> claim.owner().isDead(self) && claim.kept().isEmpty());
            if (found.isEmpty()) {
                return;
            }
            if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                        || !Claim.user().equals(Claim.userOf(folder))) {
                    return;
                }
                PrivateFolder.delete(folder);
                LOG.info("removed {}: the guard that made it was killed", folder);
            }
            found.get().folders().ifPresent(folders -> removeIfEmpty(folders.staging()));
            Claim.remove(folder);
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} stays, though the guard that made it was killed", folder, e);
        }
    }

    /** One with a partial notebook in it is worth something to people. */
    private static void removeIfEmpty(Path staging) {
        String name = String.valueOf(staging.getFileName());
        if (name.startsWith(RunFolders.STAGING) && Files.isDirectory(staging, LinkOption.NOFOLLOW_LINKS)) {
            // Fails where there is something in it.
            staging.toFile().delete();
        }
    }
}
