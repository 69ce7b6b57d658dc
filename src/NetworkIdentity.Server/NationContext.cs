using System.Security.Cryptography;
using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Vcalm;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Server;

/// <summary>Everything that works for the nation, wired by hand: what the server serves and what the command line calls.</summary>
public sealed class NationContext : IAsyncDisposable
{
    private NationContext(
        Database database, KeyRing keys, PublicLog log, DidLog? did, Instances instances, Settings settings, TimeProvider time, IReadOnlyDictionary<string, CredentialType> types)
    {
        Log = log;
        DidLog = did;
        Instances = instances;
        InstanceStatuses = new InstanceStatusLists(database, instances, time);
        InstanceIssuer = new InstanceIssuer(InstanceStatuses, time);
        Database = database;
        Keys = keys;
        Time = time;
        Types = types;
        Nonces = new CredentialNonces(keys, time);
        Offering = new Offering(database, keys, did, Types, time);
        var slots = new StatusSlots(database, keys, time);
        Issuer = new Issuer(database, keys, did, Types, Nonces, slots, time);
        Revoker = new Revoker(database, keys, time);
        Suspensions = new Suspensions(database, keys, time);
        Eraser = new Eraser(database, time);
        Leaving = new Leaving(database, Offering, Revoker, Eraser, time);
        Exporting = new Exporting(database, keys, Issuer, log, time);
        Witnessing = new Witnessing(database, keys, time);
        Earning = new Earning(database, Offering, Witnessing.Book, time);
        Deciding = new Deciding(database, keys, new Enacting(database, keys, Revoker, Suspensions, Witnessing, time), time);
        var undoing = new Undoing(database, keys, Suspensions, time);
        Appealing = new Appealing(database, keys, Deciding, undoing, time);
        Granting = new Granting(database, Offering, Revoker, Deciding, undoing, time);
        Giving = new Giving(database, keys, Offering, time);
        Reminding = new Reminding(database, Deciding, time);
        Applying = new Applying(database, keys, Offering, Deciding, time);
        Connecting = new Connecting(database, keys, Offering, time);
        Guarding = new Guarding(database, time);
        Census = new CensusTaking(database, keys, log, Types, time);
        Printing = new Printing(database, keys, slots, Revoker, Offering, Issuer, Granting, time);
        Naming = new Naming(database, time);
        AccountBinding = new AccountBinding(database, keys, Offering, Revoker, time);
        Recovering = new Recovering(database, Offering, Deciding, time);
        StatusLists = new StatusListPublisher(database, keys, did, slots, time, settings.KeepsStatusHistory);
        Counting = new Arriving.Counting(database, time);
        Fetcher = new Fetcher(new Fetcher.Options { Ports = settings.FetchPorts, Loopback = settings.FetchLoopback }, time);
        Personhood = new Personhood(database, keys, Applying, settings.ClientIdPrefix, time);
        PersonhoodExchange = new PersonhoodExchange(database, keys, Types, Fetcher, settings.FetchLoopback, time);
        Registration = new ClientRegistration(database, Types, Fetcher, settings.AllowsPublicSubjects, time);
        DynamicRegistration = new DynamicRegistration(database, Registration, time);
        ClientDocuments = new ClientDocuments(database, Registration, Fetcher, settings.ClientDocuments with { Loopback = settings.FetchLoopback }, time);

        // To sign in, the nation trusts itself alone; whom else it verifies stands in PublicVerifierOf. Who is trusted, and by which roots, is decided here and nowhere else.
        var certificates = new IssuerCertificates(issuer => issuer == keys.Nation.Issuer ? keys.Roots : []);
        var others = new FetchedLists(Fetcher, certificates, time, words => Alarm(words));
        var statuses = new StatusReader(keys.Nation.Issuer, StatusLists.ReadAsync, others, certificates, time);
        FetchedDids = new FetchedDids(Fetcher, settings.FetchLoopback, time, words => Alarm(words));
        Dids = new DidResolver(did, FetchedDids, DidResolver.OfHosts(settings.ResolvesDidsOf));

        // Who verifies has decided whom to trust before it resolves a DID.
        var trusted = new DidResolver(did, FetchedDids, _ => true);
        var bitstrings = new BitstringReader(did, StatusLists, trusted, url => InstanceStatuses.FindAsync(url), new FetchedBitstrings(Fetcher, trusted, time, words => Alarm(words)), time);
        SdJwtVcs = new SdJwtVcVerifier(keys, Types, certificates, statuses, time);
        W3cCredentials = new W3cVerifier(keys.Nation, keys, did, trusted, Types, bitstrings, time);

        // An instance may take credentials of whoever has a key: what they name is not fetched for them.
        var here = new BitstringReader(did, StatusLists, trusted, url => InstanceStatuses.FindAsync(url), null, time);
        InstanceVerifier = new InstanceVerifier(database, keys, contexts => new W3cVerifier(keys.Nation, keys, did, trusted, Types, here, time, contexts), time);
        Recognitions = new RecognitionRegister(database, trusted, time);
        TrustBundle = new Arriving.TrustBundle(database, keys, did, types, StatusLists, log, new(Recognitions, Fetcher, time, words => Alarm(words)), time, words => Alarm(words));
        PublicVerifier = PublicVerifierOf(settings, trusted, bitstrings);
        SignedReports = new SignedReports(database, keys, did, Types, Recognitions, time);
        var verifier = new Verifier(database, did, SdJwtVcs, W3cCredentials, time);
        SignIns = new SignInDesk(database, keys, Types, settings.ClientIdPrefix, settings.Sessions, time);
        OpenSessions = new OpenSessions(database, keys, time);
        Presentations = new PresentationExchange(database, keys, Types, verifier, settings.ClientIdPrefix, time);
        var clientKeys = new ClientKeys(Fetcher, time);
        Clients = new ClientAuthentication(database, keys.Nation, clientKeys, time);
        Requests = new AuthorizationRequests(database, keys, Types, clientKeys, time);
        DpopNonces = new DpopNonces(keys, time);
        DpopProofs = new DpopProofs(database, DpopNonces, time);
        Codes = new CodeGrant(database, keys, time);
        Refreshes = new RefreshGrant(database, keys, time);
        WalletGrants = new WalletGrant(database, keys, time);
        ClientGrants = new ClientGrant(database, keys, time);
        UserInfo = new UserInfo(database, keys, time);
        Tokens = new TokenInspection(database, keys, time);
        MemberPages = new MemberPages(database, keys, Types, Codes, time);
        Logouts = new LogoutDesk(database, keys, time);
        LogoutNotices = new LogoutNotices(database, keys, Fetcher, time);
        NoticeDelivery = new Delivering.NoticeDelivery(database, keys, Fetcher, settings.Notices, time);
    }

    /// <summary>The database.</summary>
    public Database Database { get; }

    /// <summary>The nation's keys.</summary>
    public KeyRing Keys { get; }

    /// <summary>The public log.</summary>
    public PublicLog Log { get; }

    /// <summary>The nation's DID; null where its issuer's host is none that a DID can have.</summary>
    public DidLog? DidLog { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>The credential types, by name.</summary>
    public IReadOnlyDictionary<string, CredentialType> Types { get; }

    /// <summary>Nonces for key proofs.</summary>
    public CredentialNonces Nonces { get; }

    /// <summary>Makes and redeems offers.</summary>
    public Offering Offering { get; }

    /// <summary>Issues credentials.</summary>
    public Issuer Issuer { get; }

    /// <summary>Revokes credentials.</summary>
    public Revoker Revoker { get; }

    /// <summary>Members who act for others.</summary>
    public Guarding Guarding { get; }

    /// <summary>Counts members, in public.</summary>
    public CensusTaking Census { get; }

    /// <summary>Binds accounts that members have elsewhere.</summary>
    public AccountBinding AccountBinding { get; }

    /// <summary>Prints cards.</summary>
    public Printing Printing { get; }

    /// <summary>Suspends credentials and resumes them.</summary>
    public Suspensions Suspensions { get; }

    /// <summary>Where members decide by the charter.</summary>
    public Deciding Deciding { get; }

    /// <summary>Where people ask to join, and members vouch for them.</summary>
    public Applying Applying { get; }

    /// <summary>Wallets that wait for an application to be decided.</summary>
    public Connecting Connecting { get; }

    /// <summary>Where who asks to join proves to be one person.</summary>
    public Personhood Personhood { get; }

    /// <summary>The wallet's side of it.</summary>
    public PersonhoodExchange PersonhoodExchange { get; }

    /// <summary>Where what happened is witnessed, and contested.</summary>
    public Witnessing Witnessing { get; }

    /// <summary>What members take because it follows from the record.</summary>
    public Earning Earning { get; }

    /// <summary>Where members name who can attest for them.</summary>
    public Naming Naming { get; }

    /// <summary>Where members who lost their wallet get another.</summary>
    public Recovering Recovering { get; }

    /// <summary>Where whom a decision harmed has others look at it again.</summary>
    public Appealing Appealing { get; }

    /// <summary>Memberships that members may take since it was decided.</summary>
    public Granting Granting { get; }

    /// <summary>Credentials that were given by decisions.</summary>
    public Giving Giving { get; }

    /// <summary>Tells people in time of what ends.</summary>
    public Reminding Reminding { get; }

    /// <summary>Erases members.</summary>
    public Eraser Eraser { get; }

    /// <summary>Where members leave, and have what they are owed then.</summary>
    public Leaving Leaving { get; }

    /// <summary>Writes down for a member all that is held about them.</summary>
    public Exporting Exporting { get; }

    /// <summary>Publishes status lists.</summary>
    public StatusListPublisher StatusLists { get; }

    /// <summary>What stations at doors know of the nation.</summary>
    public Arriving.TrustBundle TrustBundle { get; }

    /// <summary>How many came to the doors.</summary>
    public Arriving.Counting Counting { get; }

    /// <summary>Verifies SD-JWT VCs.</summary>
    public SdJwtVcVerifier SdJwtVcs { get; }

    /// <summary>Verifies W3C credentials and presentations.</summary>
    public W3cVerifier W3cCredentials { get; }

    /// <summary>The VCALM instances that are configured here.</summary>
    public Instances Instances { get; }

    /// <summary>Issues in their names.</summary>
    public InstanceIssuer InstanceIssuer { get; }

    /// <summary>The statuses of what they issued.</summary>
    public InstanceStatusLists InstanceStatuses { get; }

    /// <summary>Verifies for their clients.</summary>
    public InstanceVerifier InstanceVerifier { get; }

    /// <summary>Verifies whatever anyone brings.</summary>
    public PublicVerifier PublicVerifier { get; }

    /// <summary>Signs what came of it.</summary>
    public SignedReports SignedReports { get; }

    /// <summary>Whom the nation recognises, and who recognises it.</summary>
    public RecognitionRegister Recognitions { get; }

    /// <summary>The one way out.</summary>
    public Fetcher Fetcher { get; }

    /// <summary>DIDs of others, for whoever decides which.</summary>
    public FetchedDids FetchedDids { get; }

    /// <summary>The resolver for everyone: it fetches DIDs of the hosts that the settings name.</summary>
    public DidResolver Dids { get; }

    /// <summary>Told what an operator should look at, without data of a person.</summary>
    public Action<string> Alarm { get; set; } = _ => { };

    /// <summary>Registers partners.</summary>
    public ClientRegistration Registration { get; }

    /// <summary>Partners that register themselves.</summary>
    public DynamicRegistration DynamicRegistration { get; }

    /// <summary>Partners that are read from their own address.</summary>
    public ClientDocuments ClientDocuments { get; }

    /// <summary>Sign-ins.</summary>
    public SignInDesk SignIns { get; }

    /// <summary>Requests to wallets and their answers.</summary>
    public PresentationExchange Presentations { get; }

    /// <summary>Sign-ins that need no other proof.</summary>
    public OpenSessions OpenSessions { get; }

    /// <summary>Which client calls.</summary>
    public ClientAuthentication Clients { get; }

    /// <summary>Authorization requests as they come in.</summary>
    public AuthorizationRequests Requests { get; }

    /// <summary>Nonces for proofs of possession.</summary>
    public DpopNonces DpopNonces { get; }

    /// <summary>Proofs of possession.</summary>
    public DpopProofs DpopProofs { get; }

    /// <summary>Codes for tokens.</summary>
    public CodeGrant Codes { get; }

    /// <summary>Refresh tokens for tokens.</summary>
    public RefreshGrant Refreshes { get; }

    /// <summary>Refresh tokens of wallets that wait.</summary>
    public WalletGrant WalletGrants { get; }

    /// <summary>Tokens for clients that act for themselves.</summary>
    public ClientGrant ClientGrants { get; }

    /// <summary>What access tokens tell.</summary>
    public UserInfo UserInfo { get; }

    /// <summary>What tokens are worth.</summary>
    public TokenInspection Tokens { get; }

    /// <summary>The nation's own pages for members.</summary>
    public MemberPages MemberPages { get; }

    /// <summary>Ends sessions for the browser that they are in.</summary>
    public LogoutDesk Logouts { get; }

    /// <summary>Tells clients of sessions that ended.</summary>
    public LogoutNotices LogoutNotices { get; }

    /// <summary>Sends the notices that are in the outbox.</summary>
    public Delivering.NoticeDelivery NoticeDelivery { get; }

    /// <summary>Opens the nation that is there; in Development, founds one where there is none.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="types">The credential types by name; those that the program carries where null.</param>
    /// <param name="founds">Whether one is founded, in development, where there is none: a server does that, and a command that looks for one doesn't.</param>
    /// <exception cref="SettingsException">No nation is founded, or it has another issuer or another secret than is configured.</exception>
    public static async Task<NationContext> OpenAsync(Settings settings, TimeProvider time, IReadOnlyDictionary<string, CredentialType>? types = null, bool founds = true)
    {
        founds &= settings.IsDevelopment;
        if (!founds && settings.DatabaseFile is { } file && !File.Exists(file)) throw new SettingsException([$"There is no nation at {file}. Are you in the server's directory? {HowToFound(settings)}"]);
        var database = OpenDatabase(settings, time);
        try
        {
            var keys = await OpenKeysAsync(database, settings, time);
            if (keys is null && founds)
            {
                await Founding.FoundAsync(database, time, settings.Secret, settings.NationName, settings.Issuer ?? Settings.DefaultIssuer);
                keys = await OpenKeysAsync(database, settings, time);
            }

            if (keys is null) throw new SettingsException([$"No nation is founded in this database yet. {HowToFound(settings)}"]);
            if (settings.Issuer is { } issuer && issuer != keys.Nation.Issuer) throw new SettingsException([$"NETID__Issuer is {issuer}, but the nation in this database was founded as {keys.Nation.Issuer}"]);
            if (Settings.ClientIdPrefixFault(settings.ClientIdPrefix, keys.Nation.Issuer) is { } fault) throw new SettingsException([fault]);
            types ??= CredentialType.LoadAll();
            if (settings.ClientDocuments.Policy.Credentials.FirstOrDefault(credential => !types.ContainsKey(credential.Type))?.Type is { } unknown)
                throw new SettingsException([$"NETID__ClientDocuments__Policy and NETID__ClientDocuments__Optional must name credential types; {unknown} is not one of {string.Join(", ", types.Keys)}"]);
            var log = await PublicLog.OpenAsync(database, keys, new LogMemory(settings.LogHeadFile));
            var did = await DidLog.OpenAsync(database, keys, time, new LogMemory(settings.DidHeadFile));
            var instances = await Instances.OpenAsync(keys, settings.Vcalm.IsOpen, settings.Vcalm.Instances);
            return new NationContext(database, keys, log, did, instances, settings, time, types);
        }
        catch (LogMismatchException mismatch)
        {
            await database.DisposeAsync();
            throw new SettingsException([mismatch.Message]);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens the database that the settings name.</summary>
    /// <exception cref="SettingsException">It can't be opened.</exception>
    public static Database OpenDatabase(Settings settings, TimeProvider time)
    {
        try
        {
            return Database.Open(settings.ConnectionString, time);
        }
        catch (Exception exception) when (exception is System.Data.Common.DbException or IOException or UnauthorizedAccessException or InvalidOperationException or NotSupportedException)
        {
            throw new SettingsException([$"NETID__Storage__ConnectionString: {exception.Message}"]);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Log.Dispose();
        TrustBundle.Dispose();
        StatusLists.Dispose();
        return Database.DisposeAsync();
    }

    /// <summary>Beside the nation itself: whom it recognises, for the types of that; and whose W3C credentials the operator has named.</summary>
    private PublicVerifier PublicVerifierOf(Settings settings, DidResolver dids, BitstringReader bitstrings)
    {
        var nation = Keys.Nation;
        var certificates = new IssuerCertificates(issuer => issuer == nation.Issuer ? Keys.Roots : [], Recognitions.CertificatesOf);
        var statuses = new StatusReader(nation.Issuer, StatusLists.ReadAsync, new FetchedLists(Fetcher, certificates, Time, words => Alarm(words)), certificates, Time);
        return new PublicVerifier(
            new SdJwtVcVerifier(Keys, Types, certificates, statuses, Time),
            new W3cVerifier(nation, Keys, DidLog, dids, Types, bitstrings, Time, recognised: issuer => IsNamed(issuer) ? null : Recognitions.Of(issuer)),
            issuer => IsNamed(issuer) || Recognitions.Of(issuer).Count > 0,
            recognitions: Recognitions);

        bool IsNamed(string issuer) => issuer == DidLog?.Did || settings.VerifiesIssuers.Contains(issuer, StringComparer.Ordinal);
    }

    private static string HowToFound(Settings settings) =>
        settings.IsDevelopment ? "In development the server founds one when it starts: netid serve" : "To found one: netid init --name \"NAME\" --issuer https://HOST";

    private static async Task<KeyRing?> OpenKeysAsync(Database database, Settings settings, TimeProvider time)
    {
        try
        {
            return await Founding.OpenAsync(database, time, settings.Secret);
        }
        catch (CryptographicException)
        {
            throw new SettingsException(["NETID__Keys__Secret is not the secret this nation's keys are sealed under"]);
        }
    }
}
