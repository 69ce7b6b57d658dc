using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.Credentials;

/// <summary>The one kind of verification method that an enveloping proof is verified by [VC-JOSE-COSE §4.3].</summary>
/// <param name="Id"><c>id</c>: the URL that <c>kid</c> names.</param>
/// <param name="Controller"><c>controller</c>: whose key it is.</param>
/// <param name="Key"><c>publicKeyJwk</c>.</param>
public sealed record JsonWebKeyMethod(string Id, string Controller, Jwk Key)
{
    /// <summary>Its <c>type</c>.</summary>
    public const string Type = "JsonWebKey";

    /// <summary>Reads one out of a controlled identifier document.</summary>
    /// <exception cref="Refusal">Malformed: another type, no URL as <c>id</c> or <c>controller</c>, or a key that <see cref="Jwk.Parse"/> refuses, as it does a private one.</exception>
    public static JsonWebKeyMethod Read(JsonObject method)
    {
        if (method.RequiredString("type") != Type) throw Refusal.Malformed($"type of the verification method must be {Type}");
        return new(
            CredentialMembers.RequiredUrl(method, "id", "the verification method"),
            CredentialMembers.RequiredUrl(method, "controller", "the verification method"),
            Jwk.Parse(method.RequiredObject("publicKeyJwk")));
    }
}
