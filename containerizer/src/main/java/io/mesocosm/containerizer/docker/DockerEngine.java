package io.mesocosm.containerizer.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import io.mesocosm.containerizer.ContainerException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The Docker daemon, with its failures told in words for a task's owner. Thread-safe.
 *
 * <p>Two clients: one whose calls are to be answered soon, one whose calls last as long as a
 * container does.
 */
final class DockerEngine implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** Of each client; a container holds two for as long as it runs, a call one. */
  private static final int CONNECTIONS_MAX = 4096;

  /** Sorts keys: the client hands them on in no order, and what we report is to be stable. */
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  private final DockerOptions options;
  private final DockerClientConfig config;
  private final DockerClient quick;
  private final DockerClient lasting;

  DockerEngine(DockerOptions options) {
    this.options = options;
    this.config = config(options, options.configFolder());
    this.quick =
        DockerClientImpl.getInstance(
            config, transport().responseTimeout(options.callTimeout()).build());
    this.lasting = DockerClientImpl.getInstance(config, transport().build());
  }

  private ApacheDockerHttpClient.Builder transport() {
    return new ApacheDockerHttpClient.Builder()
        .dockerHost(options.socket())
        .maxConnections(CONNECTIONS_MAX)
        .connectionTimeout(CONNECT_TIMEOUT);
  }

  private static DockerClientConfig config(DockerOptions options, Optional<Path> folder) {
    DefaultDockerClientConfig.Builder builder =
        new DefaultDockerClientConfig.Builder()
            .withDockerHost(options.socket().toString())
            .withDockerTlsVerify(false);
    return builder
        .withDockerConfig(
            folder
                .orElse(Path.of(System.getProperty("user.home", "/")).resolve(".docker"))
                .toString())
        .build();
  }

  /** For calls that are answered soon. */
  DockerClient quick() {
    return quick;
  }

  /** For calls that last. */
  DockerClient lasting() {
    return lasting;
  }

  /** The credentials for an image's registry, those of the sandbox first. */
  Optional<AuthConfig> credentials(String image, Path sandbox) {
    Path own = sandbox.resolve(".docker");
    DockerClientConfig effective =
        Files.isRegularFile(own.resolve("config.json"))
            ? config(options, Optional.of(own))
            : config;
    return Optional.ofNullable(effective.effectiveAuthConfig(image));
  }

  /** What {@code docker inspect} shows of a container; absent if there is none. */
  Optional<JsonNode> inspect(String container) throws ContainerException, InterruptedException {
    return call(
        "container " + container + " cannot be inspected",
        () -> {
          try {
            // the typed part of the answer knows less than the daemon said
            return Optional.of(
                JSON.valueToTree(quick.inspectContainerCmd(container).exec().getRawValues()));
          } catch (NotFoundException gone) {
            return Optional.empty();
          }
        });
  }

  /** Makes a call whose failure is the task's. */
  <T> T call(String doing, Supplier<T> call) throws ContainerException, InterruptedException {
    try {
      return call.get();
    } catch (RuntimeException failure) {
      throw explained(doing, failure);
    }
  }

  /** Makes a call to which "there is no such container" is a good answer. */
  void callIfPresent(String doing, Runnable call) throws ContainerException, InterruptedException {
    try {
      call.run();
    } catch (NotFoundException gone) {
      return;
    } catch (RuntimeException failure) {
      throw explained(doing, failure);
    }
  }

  /**
   * Tells a failure of the client in words.
   *
   * @throws InterruptedException if it comes from this thread having been interrupted
   */
  ContainerException explained(String doing, Throwable failure) throws InterruptedException {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ClosedByInterruptException || cause instanceof InterruptedException) {
        // the socket is closed and our answer is this exception: the flag has done its duty
        boolean unused = Thread.interrupted();
        throw new InterruptedException(doing);
      }
      if (cause instanceof DockerException refused) {
        return new ContainerException("%s: %s".formatted(doing, reason(refused)), failure);
      }
      if (cause instanceof IOException unreachable) {
        return new ContainerException(
            ("%s: the Docker daemon does not answer at %s (%s): start it, let this user use its"
                    + " socket, name another with --docker_socket, or do without with"
                    + " --containerizers=mesos")
                .formatted(doing, options.socket(), text(unreachable)),
            failure);
      }
    }
    return new ContainerException("%s: %s".formatted(doing, failure), failure);
  }

  /** Docker's own words, which come as "Status 409: {"message":"..."}". */
  private static String reason(DockerException refused) {
    String text = text(refused).strip();
    int brace = text.indexOf('{');
    if (brace >= 0) {
      try {
        JsonNode message = JSON.readTree(text.substring(brace)).path("message");
        if (message.isTextual()) {
          return message.asText().strip();
        }
      } catch (JsonProcessingException notJson) {
        return text;
      }
    }
    return text;
  }

  private static String text(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  @Override
  public void close() {
    for (DockerClient client : new DockerClient[] {quick, lasting}) {
      try {
        client.close();
      } catch (IOException failure) {
        System.getLogger(DockerEngine.class.getName())
            .log(System.Logger.Level.DEBUG, "Cannot close a connection to Docker", failure);
      }
    }
  }
}
