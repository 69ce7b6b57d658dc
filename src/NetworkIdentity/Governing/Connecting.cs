using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OpenId4Vci;

namespace NetworkIdentity.Governing;

/// <summary>A wallet that is connected while an application is open, and takes the membership by itself once its person is admitted [OpenID4VCI §9] (decision 0049).</summary>
/// <remarks>It decides nothing: the offer rests on nothing until the decision is there, and what the page looks at before it offers a membership is looked at in the commit that gives it.</remarks>
public sealed class Connecting(Database database, KeyRing keys, Offering offering, TimeProvider time)
{
    /// <summary>Offers an applicant the membership that they may be admitted to, as often as they ask: what was offered before gives nothing any more.</summary>
    /// <param name="secret">The application's secret, from which the code follows that the wallet asks for.</param>
    /// <exception cref="Refusal"><c>unknown_application</c>; <c>application_ended</c>: nobody decides it any more; <c>decision_moved</c>.</exception>
    public async Task<Offering.Made> ConnectAsync(string secret)
    {
        var row = await Applications.FindBySecretAsync(database, RandomId.Digest(secret)) ?? throw NationRefusal.UnknownApplication();
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (row is not { State: Applications.Vouching or Applications.Review } || row.OpenUntil <= now) throw NationRefusal.ApplicationEnded(row.State);
        var person = await Member.FindAsync(database, keys, row.MemberId) ?? throw NationRefusal.UnknownApplication();
        var before = await Offers.StandingAsync(database, row.MemberId);
        List<Statement> conditions = [Applications.Touch(row), .. before.Select(offer => Offers.Revoke(offer, now))];
        var mandate = new Mandate("connect", row.Id, (await Rules.InForceAsync(database)).Version, [.. conditions.Select(condition => condition with { Condition = Mandate.Condition })]);
        try
        {
            return await offering.MakeAheadAsync(row.Id, row.MemberId, await Applying.ClaimsOfAsync(database, person, row), mandate, ApplicationSecret.TransactionCodeOf(secret));
        }
        catch (Refusal refusal) when (refusal.Code == NationRefusal.MandateMissingCode)
        {
            throw NationRefusal.DecisionMoved();
        }
    }

    /// <summary>Whether a wallet waits for the membership of an applicant.</summary>
    public Task<bool> IsConnectedAsync(string memberId) => Deferrals.IsConnectedAsync(database, memberId);

    /// <summary>What can be given of an offer that was made ahead: the offer as it rests on the decision, and what is to be committed first; null while nothing is decided.</summary>
    /// <exception cref="Refusal"><c>credential_request_denied</c>: the application has ended otherwise, or its membership is taken another way.</exception>
    internal async Task<(Offers.Row Offer, IReadOnlyList<Statement> Act)?> AdmissionAsync(string offerId)
    {
        // The application first: where it has been joined meanwhile by this offer, the offer says so.
        var applicationId = (await Offers.FindAsync(database, offerId))?.ApplicationId ?? throw Denied();
        var row = await Applications.FindAsync(database, applicationId) ?? throw Denied();
        var offer = await Offers.FindAsync(database, offerId) ?? throw Denied();
        if (!(await Offers.StandingAsync(database, offer.MemberId)).Contains(offerId)) throw Denied();
        if (offer.DecisionId is not null) return (offer, []);
        if (row.State is Applications.Vouching or Applications.Review) return null;
        var now = time.GetUtcNow();
        if (row is not { State: Applications.Admitted, DecisionId: { } decisionId } || row.OpenUntil <= now.ToUnixTimeSeconds()) throw Denied();
        var decision = (await Decisions.FindAsync(database, decisionId))!;
        var person = await Member.FindAsync(database, keys, row.MemberId) ?? throw Denied();
        var (rested, act) = await offering.RestAsync(offer, person, await Applying.ClaimsOfAsync(database, person, row), decision);
        return (rested, [.. ((Statement[])[Applications.IsAdmitted(row), Members.IsOffered(row.MemberId), .. act]).Select(one => one.Condition is null ? one : one with { Condition = Mandate.Condition })]);
    }

    /// <summary>Until when a wallet may come back for what an application gives, as things stand, in Unix seconds: it is decided in its time, and taken in as much again.</summary>
    internal static async Task<long> UntilAsync(Database database, string applicationId) =>
        (await Applications.FindAsync(database, applicationId))!.OpenUntil + (long)(await Rules.InForceAsync(database)).Terms.Application.TotalSeconds;

    private static Refusal Denied() => VciRefusal.CredentialRequestDenied("the application was refused or withdrawn or has lapsed, or its membership was taken another way");
}
