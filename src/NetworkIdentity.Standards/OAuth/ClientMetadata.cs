using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.OAuth;

/// <summary>What a client registers about itself, in the words of [RFC7591 §2], [OIDC-DCR §2], [RFC9126 §6], [RFC9449 §5.2] and the logout specifications.</summary>
public sealed record ClientMetadata
{
    /// <summary>The grant of a code.</summary>
    public const string AuthorizationCodeGrant = "authorization_code";

    /// <summary>The grant that renews tokens.</summary>
    public const string RefreshTokenGrant = "refresh_token";

    /// <summary>The grant of a client that acts for itself [RFC6749 §4.4].</summary>
    public const string ClientCredentialsGrant = "client_credentials";

    /// <summary>A subject that is this client's alone, or its sector's [OIDC §8].</summary>
    public const string Pairwise = "pairwise";

    /// <summary>A subject that is the same for all clients that use it.</summary>
    public const string Public = "public";

    /// <summary>The class of clients that keep to the FAPI 2.0 Security Profile [FAPI2 §5.3.2].</summary>
    public const string Fapi2 = "fapi2";

    /// <summary><c>netid_profile</c>, a member of our own: <see cref="Fapi2"/>; null for an ordinary client.</summary>
    public string? Profile { get; init; }

    /// <summary><c>grant_types</c>.</summary>
    public IReadOnlyList<string> GrantTypes { get; init; } = [AuthorizationCodeGrant];

    /// <summary>Whether it acts for itself alone.</summary>
    public bool IsMachine => GrantTypes is [ClientCredentialsGrant];

    /// <summary><c>scope</c>: the scopes of resources that it may have [RFC7591 §2]. What it may ask of members is not among them.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary><c>application_type</c>: <c>web</c> or <c>native</c>.</summary>
    public string ApplicationType { get; init; } = "web";

    /// <summary><c>client_uri</c>: its page, for people.</summary>
    public string? ClientUri { get; init; }

    /// <summary><c>logo_uri</c>.</summary>
    public string? LogoUri { get; init; }

    /// <summary><c>policy_uri</c>: how it treats what it learns.</summary>
    public string? PolicyUri { get; init; }

    /// <summary><c>tos_uri</c>: its terms of service.</summary>
    public string? TosUri { get; init; }

    /// <summary><c>contacts</c>: whom to write to.</summary>
    public IReadOnlyList<string> Contacts { get; init; } = [];

    /// <summary><c>jwks</c>: its public keys; null where it has none, or they are at <see cref="JwksUri"/>.</summary>
    public JsonObject? Jwks { get; init; }

    /// <summary><c>jwks_uri</c>: where its public keys are.</summary>
    public string? JwksUri { get; init; }

    /// <summary><c>token_endpoint_auth_signing_alg</c>: the one algorithm of its assertions; null for any that is taken.</summary>
    public string? AuthenticationAlgorithm { get; init; }

    /// <summary><c>request_object_signing_alg</c>: the one algorithm of its request objects; null for any that is taken.</summary>
    public string? RequestObjectAlgorithm { get; init; }

    /// <summary><c>require_signed_request_object</c> [RFC9101 §10.5].</summary>
    public bool RequiresSignedRequests { get; init; }

    /// <summary><c>require_pushed_authorization_requests</c> [RFC9126 §6].</summary>
    public bool RequiresPushedRequests { get; init; }

    /// <summary><c>dpop_bound_access_tokens</c>: it gets no other ones [RFC9449 §5.2].</summary>
    public bool DpopBound { get; init; }

    /// <summary><c>userinfo_signed_response_alg</c>; null where userinfo answers in plain JSON.</summary>
    public string? UserInfoAlgorithm { get; init; }

    /// <summary><c>subject_type</c>: <see cref="Pairwise"/> or <see cref="Public"/>.</summary>
    public string SubjectType { get; init; } = Pairwise;

    /// <summary><c>sector_identifier_uri</c>: a list of the redirect URIs of all clients that know a member by the same subject [OIDC §8.1].</summary>
    public string? SectorIdentifierUri { get; init; }

    /// <summary><c>default_max_age</c>, in seconds: how long ago a member may have proven, where the request does not say.</summary>
    public long? DefaultMaxAge { get; init; }

    /// <summary><c>initiate_login_uri</c>: where a sign-in may be begun that the client did not ask for [OIDC §4].</summary>
    public string? InitiateLoginUri { get; init; }

    /// <summary><c>post_logout_redirect_uris</c>: where a browser may go after logout [OIDC-RPInitiated §3.1].</summary>
    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    /// <summary><c>backchannel_logout_uri</c>: where logout tokens are posted [OIDC-BackChannel §2.2].</summary>
    public string? BackchannelLogoutUri { get; init; }

    /// <summary><c>frontchannel_logout_uri</c>: what the logout page shows in a frame [OIDC-FrontChannel §2].</summary>
    public string? FrontchannelLogoutUri { get; init; }

    /// <summary><c>frontchannel_logout_session_required</c>: whether the frame is told which session ended.</summary>
    public bool FrontchannelLogoutSessionRequired { get; init; }

    /// <summary>Reads it; members that are not known are ignored [RFC7591 §2].</summary>
    /// <exception cref="Refusal">Malformed: a member has a wrong type.</exception>
    public static ClientMetadata Read(JsonObject json) => new()
    {
        Profile = json.OptionalString("netid_profile"),
        GrantTypes = json.OptionalStrings("grant_types") ?? [AuthorizationCodeGrant],
        Scopes = json.OptionalString("scope")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
        ApplicationType = json.OptionalString("application_type") ?? "web",
        ClientUri = json.OptionalString("client_uri"),
        LogoUri = json.OptionalString("logo_uri"),
        PolicyUri = json.OptionalString("policy_uri"),
        TosUri = json.OptionalString("tos_uri"),
        Contacts = json.OptionalStrings("contacts") ?? [],
        Jwks = json.OptionalObject("jwks"),
        JwksUri = json.OptionalString("jwks_uri"),
        AuthenticationAlgorithm = json.OptionalString("token_endpoint_auth_signing_alg"),
        RequestObjectAlgorithm = json.OptionalString("request_object_signing_alg"),
        RequiresSignedRequests = json.OptionalBoolean("require_signed_request_object") ?? false,
        RequiresPushedRequests = json.OptionalBoolean("require_pushed_authorization_requests") ?? false,
        DpopBound = json.OptionalBoolean("dpop_bound_access_tokens") ?? false,
        UserInfoAlgorithm = json.OptionalString("userinfo_signed_response_alg"),
        SubjectType = json.OptionalString("subject_type") ?? Pairwise,
        SectorIdentifierUri = json.OptionalString("sector_identifier_uri"),
        DefaultMaxAge = json.OptionalInt64("default_max_age"),
        InitiateLoginUri = json.OptionalString("initiate_login_uri"),
        PostLogoutRedirectUris = json.OptionalStrings("post_logout_redirect_uris") ?? [],
        BackchannelLogoutUri = json.OptionalString("backchannel_logout_uri"),
        FrontchannelLogoutUri = json.OptionalString("frontchannel_logout_uri"),
        FrontchannelLogoutSessionRequired = json.OptionalBoolean("frontchannel_logout_session_required") ?? false,
    };

    /// <summary>As JSON; what is as it is where nothing is said is left out.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["grant_types"] = Array(GrantTypes), ["application_type"] = ApplicationType, ["subject_type"] = SubjectType };
        Add("netid_profile", Profile);
        if (Scopes.Count > 0) json["scope"] = string.Join(' ', Scopes);
        Add("client_uri", ClientUri);
        Add("logo_uri", LogoUri);
        Add("policy_uri", PolicyUri);
        Add("tos_uri", TosUri);
        if (Contacts.Count > 0) json["contacts"] = Array(Contacts);
        if (Jwks is not null) json["jwks"] = Jwks.DeepClone();
        Add("jwks_uri", JwksUri);
        Add("token_endpoint_auth_signing_alg", AuthenticationAlgorithm);
        Add("request_object_signing_alg", RequestObjectAlgorithm);
        if (RequiresSignedRequests) json["require_signed_request_object"] = true;
        if (RequiresPushedRequests) json["require_pushed_authorization_requests"] = true;
        if (DpopBound) json["dpop_bound_access_tokens"] = true;
        Add("userinfo_signed_response_alg", UserInfoAlgorithm);
        Add("sector_identifier_uri", SectorIdentifierUri);
        if (DefaultMaxAge is { } seconds) json["default_max_age"] = seconds;
        Add("initiate_login_uri", InitiateLoginUri);
        if (PostLogoutRedirectUris.Count > 0) json["post_logout_redirect_uris"] = Array(PostLogoutRedirectUris);
        Add("backchannel_logout_uri", BackchannelLogoutUri);
        Add("frontchannel_logout_uri", FrontchannelLogoutUri);
        if (FrontchannelLogoutSessionRequired) json["frontchannel_logout_session_required"] = true;
        return json;

        void Add(string name, string? value)
        {
            if (value is not null) json[name] = value;
        }
    }

    private static JsonArray Array(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);
}
