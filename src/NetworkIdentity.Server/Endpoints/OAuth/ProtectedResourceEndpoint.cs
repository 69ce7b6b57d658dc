using System.Text.Json.Nodes;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.OAuth;

/// <summary>GET /.well-known/oauth-protected-resource/...: the metadata of what takes access tokens here [RFC9728 §2].</summary>
internal static class ProtectedResourceEndpoint
{
    /// <summary>The metadata of one resource; 404 where there is none of that path.</summary>
    public static IResult Handle(string? resource, NationContext nation)
    {
        var nationItself = nation.Keys.Nation;
        if (ProtectedResource.All.FirstOrDefault(one => one.Path == "/" + resource) is not { } found) return Results.NotFound();
        var isUserInfo = found == ProtectedResource.UserInfo;
        var scopes = found == ProtectedResource.Desk ? [Resource.DeskScope] : isUserInfo ? (IEnumerable<string>)["openid", .. nation.Types.Keys] : nation.Types.Keys;
        var json = new JsonObject
        {
            // The indicator is what the well-known name was inserted into: whoever asks compares [RFC9728 §3.3].
            ["resource"] = nationItself.Url(found.Path),
            ["authorization_servers"] = new JsonArray(nationItself.Issuer),
            ["resource_name"] = $"{nationItself.Name}: {found.Name}",
            ["scopes_supported"] = new JsonArray([.. scopes.Select(scope => (JsonNode)scope)]),
            ["bearer_methods_supported"] = isUserInfo ? new JsonArray("header", "body") : new JsonArray("header"),
        };
        if (found.Door is Door.BearerOrDpop or Door.Desk)
        {
            json["dpop_signing_alg_values_supported"] = new JsonArray([.. DpopProof.Algorithms.Select(algorithm => (JsonNode)algorithm)]);
            json["dpop_bound_access_tokens_required"] = found.Door == Door.Desk;
        }

        return Results.Json(json);
    }
}
