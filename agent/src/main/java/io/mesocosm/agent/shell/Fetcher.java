package io.mesocosm.agent.shell;

import io.mesocosm.agent.ContainerLaunch;
import io.mesocosm.agent.api.FetchCounts;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.apache.mesos.v1.Protos.CommandInfo;

/**
 * Brings what a command's URIs name into its sandbox, one after another
 * (contracts/mesos-containerization.md §9). Nothing is kept for later: {@code cache} is not heeded.
 */
final class Fetcher {
  private static final int REDIRECTS_MAX = 10;
  private static final Set<String> DOWNLOADABLE = Set.of("http", "https", "ftp");
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://.*");
  private static final Pattern TAR =
      Pattern.compile(".*\\.(tar|tgz|tar\\.gz|tbz2|tar\\.bz2|txz|tar\\.xz)");
  // Makes the folders that the name has, and never writes through what a link would lead to.
  private static final String INTO = "mkdir -p -- \"$(dirname -- \"$1\")\" && rm -f -- \"$1\" && ";

  private final Duration stallTimeout;
  private final String frameworksHome;
  // The threads of containers count, HTTP threads read.
  private final LongAdder succeeded = new LongAdder();
  private final LongAdder failed = new LongAdder();

  /**
   * @param stallTimeout how long a server may send nothing
   * @param frameworksHome the folder of relative paths; empty if there is none
   */
  Fetcher(Duration stallTimeout, String frameworksHome) {
    this.stallTimeout = stallTimeout;
    this.frameworksHome = frameworksHome;
  }

  /**
   * Fetches all that a container needs before it starts; its sandbox is there.
   *
   * @throws IOException naming the URI that cannot be fetched, and why
   */
  void fetch(ContainerLaunch launch) throws IOException, InterruptedException {
    if (launch.uris().isEmpty()) {
      return;
    }
    boolean complete = false;
    try {
      fetchAll(launch);
      complete = true;
    } finally {
      (complete ? succeeded : failed).increment();
    }
  }

  /** What came of the launches up to now that had something to fetch. */
  FetchCounts counts() {
    return new FetchCounts(succeeded.sum(), failed.sum());
  }

  private void fetchAll(ContainerLaunch launch) throws IOException, InterruptedException {
    Path sandbox = Path.of(launch.sandbox());
    SandboxProgram program = new SandboxProgram(sandbox, launch.user());
    for (CommandInfo.URI uri : launch.uris()) {
      try {
        fetch(uri, sandbox, program);
      } catch (IOException | IllegalArgumentException e) {
        throw new IOException("Failed to fetch " + uri.getValue() + ": " + words(e), e);
      }
    }
  }

  private void fetch(CommandInfo.URI uri, Path sandbox, SandboxProgram program)
      throws IOException, InterruptedException {
    String name = name(uri);
    requireInside(sandbox, name);
    var scheme = SCHEME.matcher(uri.getValue());
    if (!scheme.matches() || scheme.group(1).equals("file")) {
      // Opened by the user of the sandbox, who may not be allowed to read all that the agent may.
      program.run(
          List.of("sh", "-c", INTO + "cp -- \"$2\" \"$1\"", "fetch", name, local(uri.getValue())),
          Optional.empty());
    } else if (DOWNLOADABLE.contains(scheme.group(1))) {
      try (InputStream content = open(uri.getValue())) {
        program.run(
            List.of("sh", "-c", INTO + "cat > \"$1\"", "fetch", name), Optional.of(content));
      }
    } else {
      throw new IOException(
          "scheme "
              + scheme.group(1)
              + " is not supported by this agent: use http, https, ftp, file or a path");
    }
    if (uri.getExecutable()) {
      program.run(List.of("chmod", "+x", "--", name), Optional.empty());
    } else if (uri.getExtract()) {
      extract(name, program);
    }
  }

  private static void extract(String name, SandboxProgram program)
      throws IOException, InterruptedException {
    if (TAR.matcher(name).matches()) {
      program.run(List.of("tar", "-xf", name), Optional.empty());
    } else if (name.endsWith(".gz")) {
      String plain = name.substring(0, name.length() - ".gz".length());
      program.run(
          List.of("sh", "-c", INTO + "gzip -dc -- \"$2\" > \"$1\"", "fetch", plain, name),
          Optional.empty());
    } else if (name.endsWith(".zip")) {
      program.run(List.of("unzip", "-o", "-q", name), Optional.empty());
    }
  }

  /** The file's name in the sandbox (F4), always with a folder before it, lest it be an option. */
  private static String name(CommandInfo.URI uri) throws IOException {
    if (uri.hasOutputFile() && !uri.getOutputFile().isEmpty()) {
      Path path = Path.of(uri.getOutputFile());
      if (path.isAbsolute() || List.of(uri.getOutputFile().split("/")).contains("..")) {
        throw new IOException(
            "output_file " + uri.getOutputFile() + " must be relative and without ..");
      }
      return "./" + path;
    }
    String value = uri.getValue();
    String last = value.substring(value.lastIndexOf('/') + 1);
    if (last.isEmpty() || last.equals("..") || last.equals(".")) {
      throw new IOException("it does not end in the name of a file: set output_file");
    }
    return "./" + last;
  }

  /** What was unpacked before may be a link to elsewhere. */
  private static void requireInside(Path sandbox, String name) throws IOException {
    Path real = sandbox.toRealPath();
    for (Path folder = real.resolve(name).normalize().getParent();
        folder != null && !folder.equals(real);
        folder = folder.getParent()) {
      if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)
          && !folder.toRealPath().startsWith(real)) {
        throw new IOException(folder + " leads out of the sandbox");
      }
    }
  }

  private String local(String value) throws IOException {
    if (value.startsWith("file://")) {
      String path = value.substring("file://".length());
      return path.startsWith("localhost/") ? path.substring("localhost".length()) : path;
    }
    if (value.startsWith("/")) {
      return value;
    }
    if (frameworksHome.isEmpty()) {
      throw new IOException("a relative path needs the agent's --frameworks_home");
    }
    return Path.of(frameworksHome, value).toString();
  }

  private InputStream open(String address) throws IOException {
    List<String> seen = new ArrayList<>();
    String next = address;
    while (seen.size() <= REDIRECTS_MAX) {
      seen.add(next);
      URLConnection connection = uri(next).toURL().openConnection();
      connection.setConnectTimeout((int) stallTimeout.toMillis());
      connection.setReadTimeout((int) stallTimeout.toMillis());
      if (!(connection instanceof HttpURLConnection http)) {
        return new BufferedInputStream(connection.getInputStream());
      }
      http.setInstanceFollowRedirects(false);
      // One file a server is the rule: nothing would come of keeping the connection.
      http.setRequestProperty("Connection", "close");
      int status = http.getResponseCode();
      if (status == HttpURLConnection.HTTP_OK) {
        return new BufferedInputStream(http.getInputStream());
      }
      String location = http.getHeaderField("Location");
      http.disconnect();
      if (status / 100 != 3 || location == null) {
        throw new IOException("the server answered " + status);
      }
      next = uri(next).resolve(location).toString();
      if (!DOWNLOADABLE.contains(String.valueOf(uri(next).getScheme()))) {
        throw new IOException("the server redirects to " + next);
      }
    }
    throw new IOException("more than " + REDIRECTS_MAX + " redirects");
  }

  private static URI uri(String text) throws IOException {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IOException("it is not a valid URI: " + e.getReason(), e);
    }
  }

  private static String words(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
