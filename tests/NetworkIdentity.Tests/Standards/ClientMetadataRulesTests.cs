using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Standards;

/// <summary>A good registration in which one member is wrong [RFC7591 §2] [OIDC-DCR §2].</summary>
public sealed class ClientMetadataRulesTests
{
    private static readonly string[] Algorithms = ["RS256", "ES256", "EdDSA"];

    private static readonly string[] Declared = ["invalid_client_metadata", "invalid_redirect_uri", "unapproved_software_statement"];

    private const string Key = """{"kty":"EC","crv":"P-256","kid":"a","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""";

    /// <summary>Everything that a client can say of itself.</summary>
    private const string Whole = $$"""
        {"client_id":"a","client_secret":"b","client_name":"Example App","client_name#pt":"Exemplo","redirect_uris":["https://app.example/callback","https://app.example/other?a=b"],
        "grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"private_key_jwt","application_type":"web",
        "id_token_signed_response_alg":"ES256","token_endpoint_auth_signing_alg":"ES256","request_object_signing_alg":"EdDSA","userinfo_signed_response_alg":"RS256",
        "require_signed_request_object":true,"require_pushed_authorization_requests":true,"dpop_bound_access_tokens":true,"subject_type":"pairwise",
        "sector_identifier_uri":"https://app.example/uris.json","default_max_age":3600,"initiate_login_uri":"https://app.example/login","client_uri":"https://app.example/",
        "logo_uri":"https://app.example/logo.png","policy_uri":"https://app.example/privacy","tos_uri":"https://app.example/terms","contacts":["a@app.example"],
        "jwks":{"keys":[{{Key}},{"kty":"EC","crv":"P-521","x":"a","y":"b"},{"kty":"AKP","alg":"ML-DSA-44","pub":"a"}]},
        "post_logout_redirect_uris":["https://app.example/bye"],"backchannel_logout_uri":"https://app.example/out","frontchannel_logout_uri":"https://app.example/frame",
        "frontchannel_logout_session_required":true,"software_id":"x","an_extension":{"a":[1,null]},"scope":"openid"}
        """;

    [Fact]
    public void Everything_that_a_client_can_say_is_read_checked_and_told_again()
    {
        var request = Read(Whole);
        var again = request.Metadata.ToJson();
        var said = (JsonObject)JsonNode.Parse(Whole)!;
        string[] elsewhere =
            ["client_id", "client_secret", "client_name", "client_name#pt", "redirect_uris", "response_types", "token_endpoint_auth_method", "id_token_signed_response_alg", "software_id", "an_extension", "scope"];
        foreach (var (name, value) in said.Where(member => !elsewhere.Contains(member.Key))) Assert.True(JsonNode.DeepEquals(value, again[name]), name);
    }

    public static TheoryData<string, string, string> Wrong => new()
    {
        { """{"redirect_uris":[]}""", "invalid_redirect_uri", "at least one" },
        { """{"redirect_uris":null}""", "invalid_redirect_uri", "at least one" },
        { """{"redirect_uris":["https://app.example/callback#a"]}""", "invalid_redirect_uri", "fragment" },
        { """{"redirect_uris":["http://app.example/callback"]}""", "invalid_redirect_uri", "https" },
        { """{"redirect_uris":["https://a@app.example/callback"]}""", "invalid_redirect_uri", "user information" },
        { """{"redirect_uris":["javascript:alert(1)"]}""", "invalid_redirect_uri", "https" },
        { """{"redirect_uris":["com.example.app:/callback"]}""", "invalid_redirect_uri", "https" },
        { """{"redirect_uris":["https://app.example/a","https://app.example/a"]}""", "invalid_redirect_uri", "each once" },
        { """{"redirect_uris":"https://app.example/callback"}""", "invalid_client_metadata", "redirect_uris" },
        { """{"redirect_uris":[1]}""", "invalid_client_metadata", "redirect_uris" },
        { """{"response_types":["code","token"]}""", "invalid_client_metadata", "response_types" },
        { """{"response_types":["id_token"]}""", "invalid_client_metadata", "response_types" },
        { """{"response_types":[]}""", "invalid_client_metadata", "response_types" },
        { """{"grant_types":[]}""", "invalid_client_metadata", "grant_types" },
        { """{"grant_types":["implicit"]}""", "invalid_client_metadata", "grant_types" },
        { """{"grant_types":["password","authorization_code"]}""", "invalid_client_metadata", "grant_types" },
        { """{"grant_types":["authorization_code","authorization_code"]}""", "invalid_client_metadata", "grant_types" },
        { """{"grant_types":["refresh_token"],"response_types":[]}""", "invalid_client_metadata", "refresh_token" },
        { """{"grant_types":["authorization_code","client_credentials"],"token_endpoint_auth_method":"none","require_signed_request_object":false}""", "invalid_client_metadata", "client_credentials" },
        { """{"token_endpoint_auth_method":"client_secret_jwt"}""", "invalid_client_metadata", "token_endpoint_auth_method" },
        { """{"token_endpoint_auth_method":"tls_client_auth"}""", "invalid_client_metadata", "token_endpoint_auth_method" },
        { """{"application_type":"desktop"}""", "invalid_client_metadata", "application_type" },
        { """{"token_endpoint_auth_signing_alg":"none"}""", "invalid_client_metadata", "token_endpoint_auth_signing_alg" },
        { """{"token_endpoint_auth_signing_alg":"HS256"}""", "invalid_client_metadata", "token_endpoint_auth_signing_alg" },
        { """{"request_object_signing_alg":"none"}""", "invalid_client_metadata", "request_object_signing_alg" },
        { """{"userinfo_signed_response_alg":"none"}""", "invalid_client_metadata", "userinfo_signed_response_alg" },
        { """{"userinfo_signed_response_alg":"PS512"}""", "invalid_client_metadata", "userinfo_signed_response_alg" },
        { """{"id_token_encrypted_response_alg":"RSA-OAEP"}""", "invalid_client_metadata", "encrypted" },
        { """{"userinfo_encrypted_response_alg":"ECDH-ES"}""", "invalid_client_metadata", "encrypted" },
        { """{"subject_type":"ephemeral"}""", "invalid_client_metadata", "subject_type" },
        { """{"default_max_age":-1}""", "invalid_client_metadata", "default_max_age" },
        { """{"default_max_age":9223372036854775807}""", "invalid_client_metadata", "default_max_age" },
        { """{"default_max_age":"1"}""", "invalid_client_metadata", "default_max_age" },
        { """{"jwks":null}""", "invalid_client_metadata", "private_key_jwt" },
        { """{"jwks_uri":"https://app.example/jwks"}""", "invalid_client_metadata", "exclude" },
        { """{"jwks":{}}""", "invalid_client_metadata", "keys" },
        { """{"jwks":{"keys":[]}}""", "invalid_client_metadata", "keys" },
        { """{"jwks":{"keys":["a"]}}""", "invalid_client_metadata", "object" },
        { """{"jwks":{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}}""", "invalid_client_metadata", "public" },
        { """{"jwks":{"keys":[{"kty":"EC","crv":"P-384","x":"a","y":"b","d":"c"}]}}""", "invalid_client_metadata", "public" },
        { """{"jwks":{"keys":[{"kty":"EC","crv":"P-384","x":"a","y":"b"}]}}""", "invalid_client_metadata", "private_key_jwt" },
        { """{"jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b"}]}}""", "invalid_client_metadata", "" },
        { """{"jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a4"}]}}""", "invalid_client_metadata", "key" },
        { """{"jwks":{"keys":[{"kty":"EC","crv":"P-256","use":"enc","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}}""", "invalid_client_metadata", "verifies" },
        { $$$"""{"jwks":{"keys":[{{{Key}}},{{{Key}}}]}}""", "invalid_client_metadata", "kid" },
        { """{"contacts":[""]}""", "invalid_client_metadata", "contacts" },
        { """{"contacts":["a\nb"]}""", "invalid_client_metadata", "contacts" },
        { """{"post_logout_redirect_uris":["https://app.example/a","https://app.example/a"]}""", "invalid_client_metadata", "post_logout_redirect_uris" },
        { """{"software_statement":"eyJhbGciOiJub25lIn0.e30."}""", "unapproved_software_statement", "software" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void A_member_that_is_not_right_is_refused_and_said(string change, string code, string word)
    {
        var refusal = Assert.Throws<Refusal>(() => Read(Changed(change)));
        Assert.Equal(code, refusal.Code);
        Assert.Contains(word, refusal.Description, StringComparison.Ordinal);
    }

    public static TheoryData<string> UriMembers =>
    [
        "client_uri", "logo_uri", "policy_uri", "tos_uri", "jwks_uri", "sector_identifier_uri", "initiate_login_uri", "backchannel_logout_uri", "frontchannel_logout_uri",
        "post_logout_redirect_uris",
    ];

    [Theory, MemberData(nameof(UriMembers))]
    public void A_URI_is_https_or_on_this_machine_and_read_in_one_way(string name)
    {
        foreach (var uri in (string[])
        [
            "http://app.example/x", "javascript:alert(1)", "data:text/html,x", "ftp://app.example/x", "file:///etc/passwd", "/x", "", "https://", "https://a@app.example/x",
            "https://app.example/x#y", "https://app.example/a b", "https://app.example/\"><script>", "https://app.example\\@evil.example/", "https://appl\u0435.example/", "com.example.app:/x",
            "https://app.example/" + new string('a', 2048), "http://localhost.evil.example/", "http://10.0.0.1/",
        ])
        {
            var refusal = Assert.Throws<Refusal>(() => Read(With(name, uri)));
            Assert.Equal(("invalid_client_metadata", true), (refusal.Code, refusal.Description.Contains(name, StringComparison.Ordinal)));
        }

        foreach (var uri in (string[])["https://app.example/x?y=z", "http://localhost:3000/x", "http://app.localhost/x", "http://[::1]:1/"]) Read(With(name, uri));

        static string With(string name, string uri) => Changed(new JsonObject
        {
            [name] = name == "post_logout_redirect_uris" ? new JsonArray(uri) : uri,
            ["jwks"] = name == "jwks_uri" ? null : JsonNode.Parse($$"""{"keys":[{{Key}}]}"""),
        }.ToJsonString());
    }

    [Fact]
    public void Of_nothing_there_can_be_endlessly_many()
    {
        static JsonArray Many(int count, Func<int, string> one) => new([.. Enumerable.Range(0, count).Select(i => (JsonNode)one(i))]);
        Read(Changed(new JsonObject { ["redirect_uris"] = Many(20, i => $"https://app.example/{i}") }.ToJsonString()));
        foreach (var (name, value) in ((string, JsonNode)[])
        [
            ("redirect_uris", Many(21, i => $"https://app.example/{i}")),
            ("post_logout_redirect_uris", Many(21, i => $"https://app.example/{i}")),
            ("contacts", Many(11, i => $"{i}@app.example")),
            ("contacts", Many(1, _ => new string('a', 321))),
            ("jwks", new JsonObject { ["keys"] = new JsonArray([.. Enumerable.Range(0, 21).Select(_ => TestRegistrar.PublicKey)]) }),
            ("redirect_uris", Many(1, _ => "https://app.example/" + new string('a', 2048))),
            ("an_extension", new string('a', ClientRegistrationRequest.MaxLength)),
        ])
            Assert.Contains(Assert.Throws<Refusal>(() => Read(Changed(new JsonObject { [name] = value }.ToJsonString()))).Code, Declared);
    }

    [Fact]
    public void Fuzz_of_real_registrations_meets_declared_errors_alone_within_time()
    {
        // As the conformance suite, openid-client and a hosted app write them.
        string[] real =
        [
            Whole,
            TestRegistrar.Document().ToJsonString(),
            """{"redirect_uris":["http://localhost:3000/cb"],"client_name":"A","token_endpoint_auth_method":"none","application_type":"native","grant_types":["authorization_code"],"response_types":["code"]}""",
            """{"client_id":"https://app.example/client.json","client_name":"Example","client_uri":"https://app.example","redirect_uris":["https://app.example/cb","http://127.0.0.1:3000/cb"],"token_endpoint_auth_method":"none"}""",
        ];
        var slowest = TimeSpan.Zero;
        foreach (var text in real)
        {
            var refused = Mutations.Refused(text, mutant =>
            {
                var began = TimeProvider.System.GetTimestamp();
                try
                {
                    Read(mutant);
                }
                catch (Refusal refusal)
                {
                    Assert.Contains(refusal.Code, Declared);
                    throw;
                }
                finally
                {
                    var took = TimeProvider.System.GetElapsedTime(began);
                    if (took > slowest) slowest = took;
                }
            });
            Assert.InRange(refused, 300, 1499);
        }

        Assert.True(slowest < TimeSpan.FromSeconds(10), slowest.ToString());
    }

    private static ClientRegistrationRequest Read(string text)
    {
        var request = ClientRegistrationRequest.Parse(Encoding.UTF8.GetBytes(text));
        ClientMetadataRules.CheckResponseTypes(request.ResponseTypes, request.Metadata);
        ClientMetadataRules.Check(request.Metadata, request.RedirectUris, request.Authentication ?? ClientCredentials.Basic, Algorithms);
        return request;
    }

    private static string Changed(string change)
    {
        var json = (JsonObject)JsonNode.Parse(Whole)!;
        foreach (var (name, value) in (JsonObject)JsonNode.Parse(change)!) json[name] = value?.DeepClone();
        return json.ToJsonString();
    }
}
