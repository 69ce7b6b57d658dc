using NetworkIdentity.Issuing;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints;
using NetworkIdentity.Server.Endpoints.Account;
using NetworkIdentity.Server.Endpoints.Cases;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Endpoints.Issuance;
using NetworkIdentity.Server.Endpoints.Joining;
using NetworkIdentity.Server.Endpoints.Log;
using NetworkIdentity.Server.Endpoints.OAuth;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Endpoints.Practice;
using NetworkIdentity.Server.Endpoints.Presentation;
using NetworkIdentity.Server.Endpoints.Public;
using NetworkIdentity.Server.Endpoints.Recover;
using NetworkIdentity.Server.Endpoints.Vcalm;

namespace NetworkIdentity.Server;

/// <summary>Every URL, on one screen.</summary>
public static class Routes
{
    /// <summary>What wallets in a browser may call from anywhere: no cookie is involved.</summary>
    public const string AnyOrigin = "any-origin";

    private static readonly string[] GetAndPost = ["GET", "POST"];

    /// <summary>A read that changes nothing, and needs no browser of its own: HEAD is answered as GET is, without the body [RFC9110 §9.3.2].</summary>
    private static readonly string[] Read = ["GET", "HEAD"];

    /// <summary>Maps the endpoints under the issuer's path.</summary>
    /// <param name="app">The application.</param>
    /// <param name="nation">The nation.</param>
    /// <param name="isPractice">Whether the home page is the tour of a practice nation.</param>
    public static void Map(IEndpointRouteBuilder app, Nation nation, bool isPractice)
    {
        var path = WellKnown.PathOf(nation.Issuer);

        // Well-known documents. OpenID Discovery appends; the others insert.
        var known = app.MapGroup("").WithMetadata(Door.OAuth).RequireCors(AnyOrigin);
        known.MapMethods($"{path}/.well-known/openid-configuration", Read, DiscoveryEndpoint.Handle);
        known.MapMethods($"/.well-known/oauth-authorization-server{path}", Read, DiscoveryEndpoint.Handle);
        known.MapMethods($"/.well-known/openid-credential-issuer{path}", Read, IssuerMetadataEndpoint.Handle);
        known.MapMethods($"/.well-known/jwt-vc-issuer{path}", Read, JwtVcIssuerEndpoint.Handle);
        known.MapMethods($"/.well-known/oauth-protected-resource{path}/{{**resource}}", Read, ProtectedResourceEndpoint.Handle);

        // The nation's DID is where the DID says: under .well-known where the issuer has no path, and in its path where it has one [DID-WebVH §The DID to HTTPS Transformation].
        var beside = path.Length == 0 ? "/.well-known" : path;
        known.MapMethods($"{beside}/did.jsonl", Read, DidEndpoint.LogAsync);
        known.MapMethods($"{beside}/did-witness.json", Read, DidEndpoint.WitnessAsync);
        known.MapMethods($"{beside}/did.json", Read, DidEndpoint.DocumentAsync);

        // Machines: wallets, partners' servers, verifiers.
        var machines = app.MapGroup(path).WithMetadata(Door.OAuth).RequireCors(AnyOrigin);
        machines.MapMethods("/jwks", Read, JwksEndpoint.Handle);
        machines.MapPost("/token", TokenEndpoint.HandleAsync);
        machines.MapPost("/par", PushedRequestEndpoint.HandleAsync);
        machines.MapPost("/introspect", IntrospectionEndpoint.HandleAsync);
        machines.MapPost("/revoke", RevocationEndpoint.HandleAsync);
        machines.MapPost("/nonce", NonceEndpoint.Handle);
        machines.MapMethods("/offer/{id}", Read, OfferEndpoint.HandleAsync);
        machines.MapMethods("/request/{id}", GetAndPost, RequestEndpoint.HandleAsync);
        machines.MapPost("/response/{id}", ResponseEndpoint.HandleAsync);
        machines.MapMethods("/personhood/{id}/request", GetAndPost, PersonhoodExchangeEndpoint.RequestAsync);
        machines.MapPost("/personhood/{id}/response", PersonhoodExchangeEndpoint.AnswerAsync);
        machines.MapMethods("/status", Read, StatusListEndpoint.AllAsync);
        machines.MapMethods("/status/{id}", Read, StatusListEndpoint.TokenAsync);
        machines.MapMethods("/status/{id}/{purpose}", Read, StatusListEndpoint.BitstringAsync);
        machines.MapMethods(TrustBundleEndpoint.Path, Read, TrustBundleEndpoint.HandleAsync);
        machines.MapMethods("/schemas/{file}", Read, SchemaEndpoint.Handle);
        machines.MapMethods("/recognitions.json", Read, RecognitionsEndpoint.JsonAsync);
        machines.MapPost("/verify", VerifyEndpoint.HandleAsync).WithMetadata(Door.PageOrOAuth);
        machines.MapMethods("/1.0/identifiers/{**identifier}", Read, ResolutionEndpoint.HandleAsync);

        // Apps that register themselves: from their own machine, and no page of another origin in their name.
        var registering = app.MapGroup(path).WithMetadata(Door.Bearer);
        registering.MapPost("/register", RegistrationEndpoint.CreateAsync);
        registering.MapGet("/register/{clientId}", RegistrationEndpoint.ReadAsync);
        registering.MapPut("/register/{clientId}", RegistrationEndpoint.ReplaceAsync);
        registering.MapDelete("/register/{clientId}", RegistrationEndpoint.DeleteAsync);

        // The public log, for anyone.
        machines.MapMethods("/log/checkpoint", Read, CheckpointEndpoint.HandleAsync);
        machines.MapMethods("/log/key", Read, CheckpointEndpoint.Key);
        machines.MapMethods("/log/tile/{**path}", Read, TileEndpoint.HandleAsync);
        machines.MapMethods("/log/proof/inclusion", Read, ProofEndpoint.InclusionAsync);
        machines.MapMethods("/log/proof/consistency", Read, ProofEndpoint.ConsistencyAsync);
        machines.MapMethods("/log/receipt/{digest}", Read, ReceiptEndpoint.HandleAsync);

        // The same, with an access token.
        var bearers = app.MapGroup(path).WithMetadata(Door.Bearer).RequireCors(AnyOrigin);
        bearers.MapPost("/credential", CredentialEndpoint.HandleAsync).WithMetadata(ProtectedResource.Credential);
        bearers.MapPost("/deferred-credential", DeferredCredentialEndpoint.HandleAsync).WithMetadata(ProtectedResource.DeferredCredential);
        bearers.MapPost("/notification", NotificationEndpoint.HandleAsync).WithMetadata(ProtectedResource.Notification);
        bearers.MapMethods("/userinfo", GetAndPost, UserInfoEndpoint.HandleAsync).WithMetadata(Door.BearerOrDpop, ProtectedResource.UserInfo);

        // The desk, for programs that members let decide for them: from no page of another origin.
        var desk = app.MapGroup($"{path}{ProtectedResource.Desk.Path}").WithMetadata(Door.Desk, ProtectedResource.Desk);
        desk.MapGet("/decisions", DeskApiEndpoint.ListAsync);
        desk.MapPost("/decisions", DeskApiEndpoint.ProposeAsync);
        desk.MapGet("/decisions/{id}", DeskApiEndpoint.ReadAsync);
        desk.MapPost("/decisions/{id}/approve", DeskApiEndpoint.ApproveAsync);
        desk.MapPost("/decisions/{id}/take-back", DeskApiEndpoint.TakeBackAsync);
        desk.MapPost("/decisions/{id}/withdraw", DeskApiEndpoint.WithdrawAsync);

        // What an operator configured beside the nation: for servers, from no page of another origin. The lists are for anyone.
        var instances = app.MapGroup($"{path}/instances/{{instance}}").WithMetadata(Door.Vcalm);
        instances.MapPost(IssueEndpoint.Path, IssueEndpoint.HandleAsync);
        instances.MapPost(StatusEndpoint.Path, StatusEndpoint.SetAsync);
        instances.MapPost(InstanceVerifyEndpoint.CredentialPath, InstanceVerifyEndpoint.CredentialAsync);
        instances.MapPost(InstanceVerifyEndpoint.PresentationPath, InstanceVerifyEndpoint.PresentationAsync);
        instances.MapPost(ChallengeEndpoint.Path, ChallengeEndpoint.HandleAsync);
        instances.MapMethods("/status-lists/{list}", Read, StatusEndpoint.ListAsync).RequireCors(AnyOrigin);

        // People.
        var people = app.MapGroup(path).WithMetadata(Door.Page);
        if (isPractice) MapTour(people);
        else people.MapMethods("/", Read, HomeEndpoint.HandleAsync);
        people.MapMethods("/verify", Read, VerifyEndpoint.Page);
        people.MapMethods("/station", Read, StationEndpoint.Page);
        people.MapMethods("/station/answer", Read, StationEndpoint.Page);
        people.MapMethods("/station/{file}", Read, StationEndpoint.Part);
        people.MapMethods("/verify/offline", Read, OfflineEndpoint.Page);
        people.MapMethods("/verify/kit.html", Read, OfflineEndpoint.Kit);
        people.MapMethods("/preview", Read, PreviewEndpoint.HandleAsync);
        people.MapMethods("/authorize", GetAndPost, AuthorizeEndpoint.HandleAsync);
        people.MapGet("/account", AccountEndpoint.PageAsync);
        people.MapGet("/account/return", AccountEndpoint.ReturnAsync);
        people.MapPost("/account/sign-out", AccountEndpoint.SignOutAsync);
        people.MapPost("/account/download", AccountEndpoint.DownloadAsync);
        people.MapPost("/account/evidence", EvidenceEndpoint.MakeAsync);
        people.MapPost("/account/withdraw", AccountEndpoint.WithdrawAsync);
        people.MapGet("/account/about", AboutEndpoint.PageAsync);
        people.MapGet("/account/notices", NoticesEndpoint.PageAsync);
        people.MapPost("/account/contact", NoticesEndpoint.ContactAsync);
        MapCards(people);
        people.MapGet("/account/export", ExportEndpoint.PageAsync);
        people.MapPost("/account/export", ExportEndpoint.ExportAsync);
        people.MapGet("/account/leave", LeaveEndpoint.PageAsync);
        people.MapPost("/account/leave", LeaveEndpoint.LeaveAsync);
        people.MapGet("/exit/{secret}", ExitEndpoint.PageAsync);
        people.MapPost("/exit/{secret}/certificate", ExitEndpoint.CertificateAsync);
        people.MapPost("/exit/{secret}/export", ExitEndpoint.ExportAsync);
        people.MapPost("/exit/{secret}/erase", ExitEndpoint.EraseAsync);
        people.MapGet("/account/facts", FactsEndpoint.PageAsync);
        people.MapGet("/account/facts/{id}", FactsEndpoint.FactAsync);
        people.MapPost("/account/facts/{id}", FactsEndpoint.ContestAsync);
        people.MapGet("/account/residency", EarnedEndpoint.ResidencyAsync);
        people.MapPost("/account/residency", EarnedEndpoint.TakeResidencyAsync);
        people.MapGet("/account/reputation", EarnedEndpoint.ReputationAsync);
        people.MapPost("/account/reputation", EarnedEndpoint.TakeReputationAsync);
        people.MapGet("/account/steward", EarnedEndpoint.StewardAsync);
        people.MapPost("/account/steward", EarnedEndpoint.TakeStewardAsync);
        people.MapGet("/account/given", EarnedEndpoint.GivenAsync);
        people.MapPost("/account/given", EarnedEndpoint.TakeGivenAsync);
        people.MapGet("/account/recovery", CircleEndpoint.PageAsync);
        people.MapPost("/account/recovery", CircleEndpoint.NameAsync);
        people.MapPost("/account/recovery/decline", CircleEndpoint.DeclineAsync);
        people.MapPost("/account/recovery/open", CircleEndpoint.OpenAsync);
        people.MapPost("/account/recovery/object", CircleEndpoint.ObjectAsync);
        people.MapGet("/recover", RecoverEndpoint.Page);
        people.MapPost("/recover", RecoverEndpoint.BeginAsync);
        people.MapGet("/recover/attest", AttestEndpoint.Typed);
        people.MapGet("/recover/attest/{code}", AttestEndpoint.PageAsync);
        people.MapPost("/recover/attest/{code}", AttestEndpoint.AttestAsync);
        people.MapPost("/recover/attest/{code}/take-back", AttestEndpoint.TakeBackAsync);
        people.MapGet("/recover/{secret}", RecoverEndpoint.StateAsync);
        people.MapPost("/recover/{secret}/collect", RecoverEndpoint.CollectAsync);
        people.MapPost("/recover/{secret}/withdraw", RecoverEndpoint.WithdrawAsync);
        people.MapGet("/case", CaseEndpoint.PageAsync);
        people.MapPost("/case/appeal", CaseEndpoint.AppealAsync);
        people.MapPost("/case/renew", CaseEndpoint.RenewAsync);
        people.MapPost("/case/take", CaseEndpoint.TakeAsync);
        people.MapGet("/desk", DeskEndpoint.PageAsync);
        people.MapPost(ArrivalCountsEndpoint.Path, ArrivalCountsEndpoint.HandleAsync).WithMetadata(Door.OAuth);
        people.MapGet("/desk/decisions/{id}", DecisionEndpoint.PageAsync);
        people.MapPost("/desk/decisions/{id}/approve", DecisionEndpoint.ApproveAsync);
        people.MapPost("/desk/decisions/{id}/take-back", DecisionEndpoint.TakeBackAsync);
        people.MapPost("/desk/decisions/{id}/withdraw", DecisionEndpoint.WithdrawAsync);
        people.MapGet("/desk/decisions/{id}/uphold", InsteadEndpoint.UpholdPageAsync);
        people.MapPost("/desk/decisions/{id}/uphold", InsteadEndpoint.UpholdAsync);
        people.MapGet("/desk/propose/{act}", ProposeEndpoint.PageAsync);
        people.MapPost("/desk/propose/{act}", ProposeEndpoint.ProposeAsync);
        MapJoining(people);
        people.MapMethods("/recognitions", Read, RecognitionsEndpoint.PageAsync);
        people.MapMethods("/logout", GetAndPost, LogoutEndpoint.HandleAsync);
        people.MapPost("/logout/confirm", LogoutEndpoint.ConfirmAsync);
        people.MapGet("/sign-in/return", ReturnEndpoint.HandleAsync);
        people.MapPost("/sign-in/confirm", ReturnEndpoint.ConfirmAsync);
        people.MapPost("/sign-in/not-mine", ReturnEndpoint.NotMineAsync);
        people.MapGet("/sign-in/{id}", SignInEndpoint.PageAsync);
        people.MapGet("/sign-in/{id}/state", SignInEndpoint.StateAsync).WithMetadata(Door.OAuth);
        people.MapPost("/sign-in/{id}/digital/request", DigitalCredentialsEndpoint.RequestAsync).WithMetadata(Door.OAuth);
        people.MapPost("/sign-in/{id}/digital", DigitalCredentialsEndpoint.AnswerAsync).WithMetadata(Door.OAuth);
        people.MapGet("/sign-in/{id}/continue", SignInEndpoint.GoOnAsync);
        people.MapPost("/sign-in/{id}/cancel", SignInEndpoint.CancelAsync);
        people.MapGet("/sign-in/{id}/again", SignInEndpoint.AgainAsync);
        MapPersonhood(people);

        // Not under the issuer's path, as the well-known documents are not.
        app.MapMethods("/assets/{file}", Read, AssetEndpoint.Handle).WithMetadata(Door.Page);
        app.MapMethods("/assets/{folder}/{**path}", Read, AssetEndpoint.Module).WithMetadata(Door.Page);
        app.MapMethods("/health/live", Read, HealthEndpoint.Live);
        app.MapMethods("/health/ready", Read, HealthEndpoint.ReadyAsync);
    }

    /// <summary>How a person joins.</summary>
    private static void MapJoining(IEndpointRouteBuilder people)
    {
        people.MapMethods("/charter", Read, CharterEndpoint.PageAsync);
        people.MapMethods("/charter.json", Read, CharterEndpoint.JsonAsync);
        people.MapMethods("/census", Read, CensusEndpoint.PageAsync);
        people.MapMethods("/census.json", Read, CensusEndpoint.JsonAsync).RequireCors(AnyOrigin);
        people.MapGet("/apply", ApplyEndpoint.PageAsync);
        people.MapPost("/apply", ApplyEndpoint.ApplyAsync);
        people.MapGet("/applications/open/{secret}", ApplicationEndpoint.OpenAsync);
        people.MapGet("/applications/{id}", ApplicationEndpoint.PageAsync);
        people.MapPost("/applications/{id}/collect", ApplicationEndpoint.CollectAsync);
        people.MapPost("/applications/{id}/connect", ApplicationEndpoint.ConnectAsync);
        people.MapPost("/applications/{id}/withdraw", ApplicationEndpoint.WithdrawAsync);
        people.MapPost("/applications/{id}/appeal", ApplicationEndpoint.AppealAsync);
        people.MapPost("/vouch/take-back", VouchEndpoint.TakeBackAsync);
        people.MapGet("/vouch/{code}", VouchEndpoint.PageAsync);
        people.MapPost("/vouch/{code}", VouchEndpoint.VouchAsync);
        people.MapGet("/desk/decisions/{id}/refuse", InsteadEndpoint.RefusePageAsync);
        people.MapPost("/desk/decisions/{id}/refuse", InsteadEndpoint.RefuseAsync);
    }

    /// <summary>Cards on paper, and guardians.</summary>
    private static void MapCards(IEndpointRouteBuilder people)
    {
        people.MapGet("/account/card", CardEndpoint.PageAsync);
        people.MapPost("/account/card", CardEndpoint.PrintAsync);
        people.MapPost("/account/card/end", CardEndpoint.EndAsync);
        people.MapGet("/account/wards", WardsEndpoint.PageAsync);
        people.MapPost("/account/wards/{id}/{act}", WardsEndpoint.ActAsync);
        people.MapGet(AccountBinding.Path, ElsewhereEndpoint.PageAsync);
        people.MapPost("/account/elsewhere/{act}", ElsewhereEndpoint.ActAsync);
        people.MapGet("/desk/card", DeskCardEndpoint.PageAsync);
        people.MapPost("/desk/card", DeskCardEndpoint.PrintAsync);
        people.MapPost("/desk/card/end", DeskCardEndpoint.EndAsync);
        people.MapPost("/applications/{id}/card", ApplicationEndpoint.CardAsync);
    }

    /// <summary>The tour of a practice nation, in Development alone.</summary>
    private static void MapTour(IEndpointRouteBuilder people)
    {
        people.MapMethods("/", Read, TourEndpoint.StartAsync);
        people.MapGet("/tour/state", TourEndpoint.StateAsync).WithMetadata(Door.OAuth);
        people.MapGet("/tour/{step}", TourEndpoint.StepAsync);
        people.MapGet("/tour/{step}/state", TourEndpoint.StateAsync).WithMetadata(Door.OAuth);
        var acts = people.MapGroup("").AddEndpointFilter(TourActEndpoint.OfOurPagesAloneAsync);
        acts.MapPost("/tour/join", TourJoinEndpoint.JoinAsync);
        acts.MapPost("/tour/vouch", TourJoinEndpoint.VouchAsync);
        acts.MapPost("/tour/approve", TourJoinEndpoint.ApproveAsync);
        acts.MapPost("/tour/arrive", TourActEndpoint.ArriveAsync);
        acts.MapPost("/tour/revoke", TourActEndpoint.RevokeAsync);
        acts.MapPost("/tour/again", TourActEndpoint.AgainAsync);
    }

    /// <summary>How who asks to join proves to be one person.</summary>
    private static void MapPersonhood(IEndpointRouteBuilder people)
    {
        people.MapGet("/applications/{id}/personhood", PersonhoodEndpoint.PageAsync);
        people.MapPost("/applications/{id}/personhood", PersonhoodEndpoint.BeginAsync);
        people.MapGet("/applications/{id}/personhood/state", PersonhoodEndpoint.StateAsync).WithMetadata(Door.OAuth);
        people.MapGet("/personhood/return", PersonhoodReturnEndpoint.HandleAsync);
        people.MapPost("/personhood/confirm", PersonhoodReturnEndpoint.ConfirmAsync);
        people.MapPost("/personhood/not-mine", PersonhoodReturnEndpoint.NotMineAsync);
    }
}
