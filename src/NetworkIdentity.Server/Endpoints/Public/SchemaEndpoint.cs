using NetworkIdentity.Governing;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>GET /schemas/{file}: the files that describe a credential type, and the formats of a policy, of a charter, of facts and of a member’s export, as they lie under schemas/.</summary>
internal static class SchemaEndpoint
{
    /// <summary>NAME.schema.json, NAME.type.json and NAME.w3c.schema.json of a type; the context of W3C credentials; policy.schema.json, charter.schema.json, facts.schema.json and export.schema.json.</summary>
    public static IResult Handle(string file, HttpContext context, NationContext nation)
    {
        if (file switch { "policy.schema.json" => ProofPolicy.SchemaFile, "charter.schema.json" => Charter.SchemaFile, "facts.schema.json" => FactDocument.SchemaFile, "export.schema.json" => Exporting.SchemaFile, _ => null } is { } format)
        {
            context.Response.Headers.CacheControl = "public, max-age=3600";
            return Results.Bytes(format, "application/schema+json");
        }

        if (file == Vocabulary.FileName)
        {
            // What it says never changes: another would have another name.
            context.Response.Headers.CacheControl = "public, max-age=86400, immutable";
            return Results.Bytes(Vocabulary.File, "application/ld+json");
        }

        if (file.Split('.') is [var typed, "w3c", "schema", "json"] && nation.Types.TryGetValue(typed, out var known) && known.IsW3c)
        {
            context.Response.Headers.CacheControl = "public, max-age=3600";
            return Results.Bytes(StrictJson.Write(known.W3cSchemaFile), "application/schema+json");
        }

        var parts = file.Split('.');
        if (parts is not [var name, "schema" or "type", "json"] || (name == CredentialType.Card.Name ? CredentialType.Card : nation.Types.GetValueOrDefault(name)) is not { } type)
            throw PageRefusal.NotFound("there is no such schema");
        context.Response.Headers.CacheControl = "public, max-age=3600";
        return parts[1] == "schema"
            ? Results.Bytes(type.SchemaFile, "application/schema+json")
            : Results.Bytes(type.MetadataFile, "application/json");
    }
}
