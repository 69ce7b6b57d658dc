namespace NetworkIdentity.Standards.OAuth;

/// <summary>Who a client says it is at the token endpoint [RFC6749 §2.3.1] [RFC7523 §2.2].</summary>
/// <param name="ClientId">The client id.</param>
/// <param name="Secret">The secret; null where it has none.</param>
/// <param name="Method"><c>client_secret_basic</c>, <c>client_secret_post</c>, <c>private_key_jwt</c> or <c>none</c>.</param>
/// <param name="Assertion">What it signed with its key; null where it signed nothing.</param>
public sealed record ClientCredentials(string ClientId, string? Secret, string Method, ClientAssertion? Assertion = null)
{
    /// <summary>The secret in the Authorization header.</summary>
    public const string Basic = "client_secret_basic";

    /// <summary>The secret in the body.</summary>
    public const string Post = "client_secret_post";

    /// <summary>A JWT that the client signs with its own key [OIDC §9].</summary>
    public const string PrivateKeyJwt = "private_key_jwt";

    /// <summary>No secret: a public client.</summary>
    public const string None = "none";

    /// <summary>Reads the credentials; null where the request names no client.</summary>
    /// <param name="authorization">The Authorization header; null where absent.</param>
    /// <param name="form">The body's parameters.</param>
    /// <exception cref="Refusal">
    /// <c>invalid_request</c>: two ways at once, or two client ids. <c>invalid_client</c>: a header that is not Basic or not well formed, or an assertion that is none.
    /// </exception>
    public static ClientCredentials? Read(string? authorization, OAuthParameters form)
    {
        var formId = form.Optional("client_id");
        var formSecret = form.Optional("client_secret");
        if (form.Optional("client_assertion") is { } assertion)
        {
            if (formSecret is not null || !string.IsNullOrEmpty(authorization)) throw OAuthRefusal.InvalidRequest("the client authenticates in two ways at once");
            if (form.Required("client_assertion_type") != ClientAssertion.Type) throw OAuthRefusal.InvalidClient("client_assertion_type is not that of a JWT");
            var read = ClientAssertion.Parse(assertion);
            if (formId is not null && formId != read.ClientId) throw OAuthRefusal.InvalidClient("client_id differs from the client assertion's");
            return new(read.ClientId, null, PrivateKeyJwt, read);
        }

        if (form.Optional("client_assertion_type") is not null) throw OAuthRefusal.InvalidRequest("client_assertion is missing");
        if (string.IsNullOrEmpty(authorization))
        {
            if (formId is null) return formSecret is null ? null : throw OAuthRefusal.InvalidRequest("client_secret without client_id");
            return new(formId, formSecret, formSecret is null ? None : Post);
        }

        if (formSecret is not null) throw OAuthRefusal.InvalidRequest("the client authenticates in two ways at once");
        var (id, secret) = ReadBasic(authorization);
        if (formId is not null && formId != id) throw OAuthRefusal.InvalidRequest("client_id differs from the Authorization header's");

        // A public client's library may send its empty secret like this: as well formed a name as client_id in the body.
        return secret.Length > 0 ? new(id, secret, Basic) : new(id, null, None);
    }

    private static (string Id, string Secret) ReadBasic(string authorization)
    {
        const string scheme = "Basic ";
        if (!authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            throw OAuthRefusal.InvalidClient("the Authorization header must be Basic");

        var decoded = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[scheme.Length..].Trim(), decoded, out var length))
            throw OAuthRefusal.InvalidClient("the Authorization header is not base64");

        var text = System.Text.Encoding.UTF8.GetString(decoded, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1) throw OAuthRefusal.InvalidClient("the Authorization header holds no client id and secret");

        // Both are form-encoded before they are joined, which many clients forget; ours need no encoding either way.
        return (FormDecode(text[..colon]), FormDecode(text[(colon + 1)..]));
    }

    private static string FormDecode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
