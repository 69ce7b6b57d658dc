using System.Globalization;
using NetworkIdentity.Registry;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Pages.Account;
using NetworkIdentity.Server.Pages.Desk;

namespace NetworkIdentity.Server.Endpoints.Account;

/// <summary>What a member holds, for their page.</summary>
internal static class Holding
{
    /// <summary>Who they are here, what stands of what they hold, and the other pages about them.</summary>
    public static async Task<HeldView> OfAsync(NationContext nation, string memberId)
    {
        var member = (await Members.FindAsync(nation.Database, memberId))!;
        var words = new DeskWords(nation);
        return new()
        {
            Name = await words.NameOfAsync(memberId),
            MemberId = memberId,
            Since = member.JoinedAt is { } joined ? DateTimeOffset.FromUnixTimeSeconds(joined) : null,
            Node = member.NodeId is { } node ? await words.NodeAsync(node) : null,
            Held = await HeldAsync(nation, memberId),
            EvidenceUrl = nation.Keys.Nation.Url(EvidenceEndpoint.Path),
            CardUrl = nation.Keys.Nation.Url(CardEndpoint.Path),
            Mandates = await MandatesAsync(nation, memberId, words),
            Links =
            [
                (nation.Keys.Nation.Url(AboutEndpoint.Path), "What is said about you", "Decisions about you, and what others attested"),
                (nation.Keys.Nation.Url(NoticesEndpoint.Path), "What you were told", "And where: your e-mail address, if you give one"),
                (nation.Keys.Nation.Url(SigningIn.MemberPages.Case), "Your case", "Appeal what was decided against you, renew your membership, take what was granted"),
                (nation.Keys.Nation.Url(WardsEndpoint.Path), "Guardians", "Who acts for you, and for whom you act"),
                (nation.Keys.Nation.Url(DeskEndpoint.Path), "The desk", "What waits for your decision"),
                (nation.Keys.Nation.Url(ExportEndpoint.Path), "All that is held about you", "As one file"),
                (nation.Keys.Nation.Url(LeaveEndpoint.Path), "Leave", "At once, with a certificate that you belonged"),
            ],
        };
    }

    /// <summary>The newest of each type, with its copies; what has ended, and what was given anew since, is not shown.</summary>
    private static async Task<IReadOnlyList<HeldCredential>> HeldAsync(NationContext nation, string memberId)
    {
        var now = nation.Time.GetUtcNow().ToUnixTimeSeconds();
        List<HeldCredential> held = [];
        foreach (var type in (await Credentials.ListAsync(nation.Database, memberId)).Where(row => row.ExpiresAt > now && row.RevokedAt is null).GroupBy(row => row.Type).OrderBy(type => type.Key, StringComparer.Ordinal))
        {
            // Copies of one offer stand and fall together.
            var offer = type.GroupBy(row => row.OfferId).Last().ToList();
            var suspended = offer.FirstOrDefault(row => row.IsSuspended(now));
            held.Add(new(
                type.Key,
                (type.Key == CredentialType.Card.Name ? CredentialType.Card : nation.Types.GetValueOrDefault(type.Key))?.Metadata.Name ?? type.Key,
                DateTimeOffset.FromUnixTimeSeconds(offer.Min(row => row.IssuedAt)),
                DateTimeOffset.FromUnixTimeSeconds(offer.Max(row => row.ExpiresAt)),
                suspended?.SuspendedUntil is { } until ? $"Suspended until {DateTimeOffset.FromUnixTimeSeconds(until).UtcDateTime.ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture)} UTC" : "In force",
                offer.Count,
                nation.DidLog is null ? null : offer.FirstOrDefault(row => row.Stands(now))?.Id));
        }

        return held;
    }

    private static async Task<IReadOnlyList<DeskFact>> MandatesAsync(NationContext nation, string memberId, DeskWords words)
    {
        List<DeskFact> mandates = [];
        foreach (var mandate in await Steward.InForceAsync(nation.Database, nation.Time.GetUtcNow(), memberId))
        {
            mandates.Add(new(
                await words.NodeAsync(mandate.NodeId),
                $"{string.Join(", ", mandate.Acts.Select(DeskWords.OfAct))}; until {mandate.Until.AddDays(-1).UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)}"));
        }

        return mandates;
    }
}
