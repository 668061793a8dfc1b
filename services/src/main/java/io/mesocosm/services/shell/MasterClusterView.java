package io.mesocosm.services.shell;

import static java.lang.System.Logger.Level.INFO;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mesocosm.framework.MasterLocator;
import io.mesocosm.http.Redirects;
import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.api.ClusterView;
import io.mesocosm.services.explain.Cluster;
import io.mesocosm.services.explain.Cluster.Agent;
import io.mesocosm.services.explain.Cluster.Quota;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Asks the master that leads for its agents and roles ({@code GET /slaves}, {@code GET /roles},
 * contracts/mesos-operator-api.md). Thread-safe.
 */
public final class MasterClusterView implements ClusterView, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(MasterClusterView.class.getName());
  private static final JsonMapper MAPPER = new JsonMapper();

  private final MasterLocator masters;
  private final ClientAccess access;
  private final Duration patience;
  private final HttpClient http;

  /**
   * @param masters where they are; a master that does not lead redirects
   * @param access shown to them
   * @param patience for all of it together
   */
  public MasterClusterView(MasterLocator masters, ClientAccess access, Duration patience) {
    this.masters = masters;
    this.access = access;
    this.patience = patience;
    this.http = access.clients().connectTimeout(patience).build();
  }

  @Override
  public Optional<Cluster> look() {
    List<URI> known = masters.masters();
    for (URI master : known) {
      // two questions to each of them
      Duration each = patience.dividedBy(2L * known.size());
      try {
        return Optional.of(
            new Cluster(
                agents(ask(master.resolve("/slaves"), each)),
                quotas(ask(master.resolve("/roles"), each))));
      } catch (IOException e) {
        LOG.log(INFO, "an explanation goes without what the master has: {0}", e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private JsonNode ask(URI uri, Duration max) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Accept", "application/json");
    access.headers().forEach(request::header);
    HttpResponse<byte[]> response =
        Redirects.send(http, request.build(), BodyHandlers.ofByteArray(), max);
    if (response.statusCode() != 200) {
      throw new IOException(response.uri() + " answers " + response.statusCode());
    }
    try {
      return MAPPER.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new IOException(response.uri() + " answers no JSON", e);
    }
  }

  private static List<Agent> agents(JsonNode json) {
    List<Agent> agents = new ArrayList<>();
    for (JsonNode agent : json.path("slaves")) {
      agents.add(
          new Agent(
              agent.path("id").asText(),
              agent.path("hostname").asText(),
              agent.path("active").asBoolean(),
              amounts(agent.path("resources"))));
    }
    return agents;
  }

  private static SortedMap<String, Quota> quotas(JsonNode json) {
    SortedMap<String, Quota> quotas = new TreeMap<>();
    for (JsonNode role : json.path("roles")) {
      SortedMap<String, Scalar> limits = amounts(role.path("quota").path("limit"));
      if (!limits.isEmpty()) {
        quotas.put(
            role.path("name").asText(),
            new Quota(limits, amounts(role.path("quota").path("consumed"))));
      }
    }
    return quotas;
  }

  /** Scalars only; ports are no amount. */
  private static SortedMap<String, Scalar> amounts(JsonNode json) {
    SortedMap<String, Scalar> amounts = new TreeMap<>();
    json.properties()
        .forEach(field -> {
          double amount = field.getValue().asDouble(-1);
          if (field.getValue().isNumber() && amount >= 0 && amount <= Scalar.AMOUNT_MAX) {
            amounts.put(field.getKey(), Scalar.of(amount));
          }
        });
    return amounts;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
