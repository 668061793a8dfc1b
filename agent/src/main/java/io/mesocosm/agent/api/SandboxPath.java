package io.mesocosm.agent.api;

import io.mesocosm.http.HttpException;
import io.mesocosm.model.AgentId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.util.Optional;

/**
 * A file or folder in a sandbox, asked for by a path of the outside.
 *
 * <p>Who may read a sandbox may read nothing else of the machine, though its task can put symbolic
 * links into it, at any moment: links are followed once, to see that they stay in the sandbox, and
 * then the link-free path is opened folder by folder, each relative to the one before and refusing
 * links.
 *
 * @param asked the path as asked for, which listings build on
 * @param sandbox without links
 * @param file without links, in or equal to the sandbox
 */
record SandboxPath(String asked, Path sandbox, Path file) {
  /** Of {@code <agent>/frameworks/<framework>/executors/<executor>/runs/<container>}. */
  private static final int SANDBOX_NAMES = 7;

  /** Does something with an open folder. */
  @FunctionalInterface
  interface InFolder<T> {
    /**
     * @param name of the file in the folder; for the sandbox itself, of it in its parent
     */
    T apply(SecureDirectoryStream<Path> folder, Path name) throws IOException;
  }

  /**
   * Finds a path given as on the machine, or as {@code
   * /frameworks/<framework>/executors/<executor>/runs/<container or latest>/…}.
   *
   * @throws HttpException 400 for what is no path, 404 for what is not in a sandbox
   */
  static SandboxPath find(Optional<String> path, Path workDir, Optional<AgentId> agentId)
      throws IOException {
    String asked =
        path.filter(text -> !text.isEmpty())
            .orElseThrow(() -> HttpException.text(400, "Expecting 'path=value' in query.\n"));
    Path agents = workDir.resolve("slaves");
    try {
      Path absolute =
          asked.startsWith("/frameworks/")
              ? Path.of(agents.resolve(agentId.orElseThrow(() -> notFound(asked)).value()) + asked)
              : Path.of(asked);
      Path clean = absolute.normalize();
      if (!clean.startsWith(agents)) {
        throw notFound(asked);
      }
      Path relative = agents.relativize(clean);
      boolean inSandbox =
          relative.getNameCount() >= SANDBOX_NAMES
              && relative.getName(1).toString().equals("frameworks")
              && relative.getName(3).toString().equals("executors")
              && relative.getName(5).toString().equals("runs");
      if (!inSandbox) {
        throw notFound(asked);
      }
      Path run = agents.resolve(relative.subpath(0, SANDBOX_NAMES));
      Path sandbox = run.toRealPath();
      Path runs = java.util.Objects.requireNonNull(run.getParent()).toRealPath();
      Path file = sandbox.resolve(run.relativize(clean)).toRealPath();
      if (!runs.equals(sandbox.getParent()) || !file.startsWith(sandbox)) {
        throw notFound(asked);
      }
      return new SandboxPath(asked, sandbox, file);
    } catch (InvalidPathException e) {
      throw HttpException.text(400, "path is not valid: " + e.getReason() + "\n");
    } catch (NoSuchFileException | java.nio.file.FileSystemLoopException e) {
      throw notFound(asked);
    }
  }

  static HttpException notFound(String path) {
    return HttpException.text(404, "Failed to find path '" + path + "'\n");
  }

  /** Opens the folder that the file is in, link-free all the way from the sandbox's parent. */
  <T> T inParent(InFolder<T> action) throws IOException {
    Path runs = java.util.Objects.requireNonNull(sandbox.getParent());
    try (DirectoryStream<Path> opened = Files.newDirectoryStream(runs)) {
      if (!(opened instanceof SecureDirectoryStream<Path> secure)) {
        throw HttpException.text(
            500, "the file system of the work directory cannot open folders safely\n");
      }
      return descend(secure, runs.relativize(file), action);
    }
  }

  private static <T> T descend(SecureDirectoryStream<Path> folder, Path rest, InFolder<T> action)
      throws IOException {
    if (rest.getNameCount() == 1) {
      return action.apply(folder, rest);
    }
    try (SecureDirectoryStream<Path> next =
        folder.newDirectoryStream(rest.getName(0), LinkOption.NOFOLLOW_LINKS)) {
      return descend(next, rest.subpath(1, rest.getNameCount()), action);
    }
  }
}
