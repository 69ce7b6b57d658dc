using NetworkIdentity.Server.Doors;
using NetworkIdentity.SigningIn;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>GET /schemas/{file}: the files that describe a credential type, and the format of a policy, as they lie under schemas/.</summary>
internal static class SchemaEndpoint
{
    /// <summary>NAME.schema.json or NAME.type.json of a type; policy.schema.json.</summary>
    public static IResult Handle(string file, HttpContext context, NationContext nation)
    {
        if (file == "policy.schema.json")
        {
            context.Response.Headers.CacheControl = "public, max-age=3600";
            return Results.Bytes(ProofPolicy.SchemaFile, "application/schema+json");
        }

        var parts = file.Split('.');
        if (parts is not [var name, "schema" or "type", "json"] || !nation.Types.TryGetValue(name, out var type))
            throw PageRefusal.NotFound("there is no such schema");
        context.Response.Headers.CacheControl = "public, max-age=3600";
        return parts[1] == "schema"
            ? Results.Bytes(type.SchemaFile, "application/schema+json")
            : Results.Bytes(type.MetadataFile, "application/json");
    }
}
