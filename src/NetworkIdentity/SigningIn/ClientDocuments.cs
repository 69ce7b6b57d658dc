using System.Collections.Concurrent;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.SigningIn;

/// <summary>Clients that nobody registered: the client id is the address of a document in which they say what they are [CIMD].</summary>
/// <remarks>
/// What is read becomes a row like a registered client's, which every server then goes by until its time is over. Nobody is called before the operator's list
/// of hosts allows it, and nothing that can't be read or is not right is kept.
/// </remarks>
public sealed class ClientDocuments(Database database, ClientRegistration registration, Fetcher fetcher, ClientDocumentOptions options, TimeProvider time)
{
    /// <summary>The most bytes of a document [CIMD §8.7].</summary>
    public const int MaxBytes = 5 * 1024;

    /// <summary>The longest client id that is looked at, in characters.</summary>
    public const int MaxIdLength = 512;

    /// <summary>How long a document is gone by where its host says nothing.</summary>
    public static readonly TimeSpan UsualAge = TimeSpan.FromHours(1);

    private static readonly TimeSpan LeastAge = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MostAge = TimeSpan.FromDays(1);
    private static readonly string[] ContentTypes = ["application/json"];

    private readonly ConcurrentDictionary<string, Lazy<Task>> _reading = new(StringComparer.Ordinal);

    /// <summary>Whether a client id is the address of a document.</summary>
    public static bool IsAddress(string clientId) => clientId.StartsWith("https://", StringComparison.Ordinal) || clientId.StartsWith("http://", StringComparison.Ordinal);

    /// <summary>Sees to it that the client of an authorization request can be found, if its id is an address: reads its document where none is kept that still holds.</summary>
    /// <param name="clientId">The client id that a stranger sent; null where none was.</param>
    /// <exception cref="Refusal"><c>invalid_client</c>: its document is not taken, could not be read, or says what it may not.</exception>
    public async Task LookUpAsync(string? clientId)
    {
        if (clientId is null || !IsAddress(clientId)) return;

        // 1. Whether it may be called at all. What is wrong here opens no socket.
        var address = AddressOf(clientId);
        var kept = await Partners.FindAsync(database, clientId);
        if (kept is { RetiredAt: not null } || kept?.DocumentUntil > Now()) return;

        // 2. All who come at once wait for one call.
        var reading = _reading.GetOrAdd(clientId, _ => new(() => ReadAndKeepAsync(address, clientId, kept is not null)));
        try
        {
            await reading.Value;
        }
        finally
        {
            _reading.TryRemove(KeyValuePair.Create(clientId, reading));
        }
    }

    private async Task ReadAndKeepAsync(Uri address, string clientId, bool isKept)
    {
        // An ID token is for a client: what tokens for a resource are for is none.
        if (await Resources.FindAsync(database, clientId) is not null) throw Refused("its address is a resource's identifier");

        // 3. The document, and that it speaks of this very address [CIMD §4, §5].
        var fetched = await fetcher.FetchAsync(clientId, ContentTypes, MaxBytes);
        if (fetched.Fault is not null) throw Refused($"its document could not be read: {fetched.Detail}");
        var row = await ReadAsync(address, clientId, fetched.Body);

        // 4. Kept until its host says, within bounds [CIMD §5.2].
        var age = fetched.MaxAge ?? UsualAge;
        row = row with { DocumentUntil = Now() + (long)(age < LeastAge ? LeastAge : age > MostAge ? MostAge : age).TotalSeconds };
        if (isKept) await database.CommitAsync(Partners.Replace(row, null));
        else await database.CommitAsync(Partners.InsertFirst(row), Journal.Write("register-client", clientId, "document", null, Now()));

        // Either may have been done by another server just now: then its row is as good.
    }

    /// <summary>The address, if it is one and its host's documents are read [CIMD §3, §8.9].</summary>
    private Uri AddressOf(string clientId)
    {
        if (!options.IsOn) throw Refused("clients are registered here, and not read from their own address");
        if (clientId.Length > MaxIdLength || !Uri.TryCreate(clientId, UriKind.Absolute, out var address)) throw Refused("its address is not one");

        // Written as it is fetched: no dots that lead elsewhere, no host in capitals, no port that goes without saying. Two spellings would be two clients.
        if (address.AbsoluteUri != clientId || address.UserInfo.Length > 0) throw Refused("its address must be written in its usual form");
        if (clientId.AsSpan().ContainsAny('?', '#') || address.AbsolutePath == "/") throw Refused("its address must have a path, and no query or fragment");
        var isHere = options.Loopback && Nation.LeadsToThisMachineAlone(address);
        if (address.Scheme != Uri.UriSchemeHttps && !isHere) throw Refused("its address must be https");
        return options.Takes(address.Host) ? address : throw Refused("its host is not one whose clients this nation takes");
    }

    /// <summary>The client of a document: public or with a key, on the operator's terms, and with nothing in it that sends members, or this server, to another host, but links.</summary>
    private async Task<Partners.Row> ReadAsync(Uri address, string clientId, ReadOnlyMemory<byte> document)
    {
        try
        {
            var asked = ClientRegistrationRequest.ParseDocument(document);
            if (asked.ClientId != clientId) throw Refused("its document speaks of another client_id");
            var metadata = asked.Metadata;
            var authentication = asked.Authentication ?? ClientCredentials.None;
            if (authentication is not (ClientCredentials.None or ClientCredentials.PrivateKeyJwt))
                throw Refused("it must not have a secret: token_endpoint_auth_method must be none or private_key_jwt");
            if (metadata.GrantTypes.Contains(ClientMetadata.ClientCredentialsGrant)) throw Refused("client_credentials is for clients that the operator registers");
            if (metadata.SubjectType != ClientMetadata.Pairwise || metadata.SectorIdentifierUri is not null) throw Refused("its subjects are its own: no other subject_type, and no sector_identifier_uri");

            // Else a document at one host could send members, or this server, to another.
            IEnumerable<string?> others = [metadata.JwksUri, metadata.InitiateLoginUri, metadata.BackchannelLogoutUri, metadata.FrontchannelLogoutUri, .. metadata.PostLogoutRedirectUris];
            if (!asked.RedirectUris.All(uri => IsAppsOwn(uri, authentication) || IsAt(address, uri)) || !others.All(uri => uri is null || IsAt(address, uri)))
                throw Refused("its document must name no other host than its own, but for redirect URIs on the loopback interface or of the app's own scheme");

            var request = ClientRegistration.RequestOf(asked) with
            {
                Name = asked.Name ?? address.Host,
                Policy = options.Policy,
                Authentication = authentication,
                RequiresPkce = true,
                Metadata = metadata with { Scopes = [] },
            };
            return await registration.CheckedAsync(clientId, request, sector: clientId);
        }
        catch (Refusal refusal) when (refusal.Code != "invalid_client")
        {
            throw Refused($"its document is not right: {refusal.Description}");
        }
    }

    private static bool IsAt(Uri address, string uri) => Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.Host == address.Host && (parsed.Scheme is "https" or "http");

    private static bool IsAppsOwn(string uri, string authentication) =>
        authentication == ClientCredentials.None && Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && (parsed.Scheme is not ("https" or "http") || Nation.LeadsToThisMachineAlone(parsed));

    private static Refusal Refused(string why) => OAuthRefusal.InvalidClient($"the client_id is not registered, and {why}");

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
