using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Standards.OpenId4Vci;
using QRCoder;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid offer TYPE</c>: offers a credential to a new member, or another one to a member.</summary>
internal static class OfferCommand
{
    public static Command Build()
    {
        var type = new Argument<string>("TYPE") { Description = "The credential type, for example membership" };
        var member = new Option<string?>("--member") { Description = "An existing member's id; a new member where not given, which only membership takes" };
        var (claim, code, byValue) = Options();
        var json = Output.JsonOption();
        var command = new Command("offer", "Offer a credential: to a new member, or to one there is") { type, member, claim, code, byValue, json };
        command.SetAction((result, _) => CommandEnvironment.WithNationAsync(async nation => await PrintAsync(
            await nation.Offering.MakeAsync(result.GetRequiredValue(type), result.GetValue(member), Claims(result.GetValue(claim)!), result.GetValue(code)),
            nation, result.GetValue(byValue), result.GetValue(json))));
        return command;
    }

    /// <summary>What an offer takes, whatever it offers.</summary>
    internal static (Option<string[]> Claim, Option<bool> Code, Option<bool> ByValue) Options() => (
        new Option<string[]>("--claim") { Description = "A claim as NAME=VALUE; lists as NAME=A,B. May be repeated", DefaultValueFactory = _ => [] },
        new Option<bool>("--tx-code") { Description = "Ask for a transaction code, which you hand over apart from the offer" },
        new Option<bool>("--by-value") { Description = "Put the offer into the link, rather than a reference to it" });

    /// <summary>Prints an offer that was made.</summary>
    internal static async Task<int> PrintAsync(Offering.Made made, NationContext nation, bool byValue, bool json)
    {
        var uri = nation.Keys.Nation.Url($"/offer/{made.Id}");
        var link = byValue ? (await nation.Offering.FindAsync(made.Id))!.Offer.LinkByValue() : CredentialOffer.LinkByReference(uri);
        if (json)
        {
            return Output.Print(new JsonObject
            {
                ["credential_offer_uri"] = byValue ? link : HttpLink(uri),
                ["tx_code"] = made.TransactionCode,
                ["member_id"] = made.MemberId,
            }, json: true);
        }

        Print(made.MemberId, made.TransactionCode, uri, link);
        if (nation.Keys.Nation.IsOnThisMachineAlone)
            Console.Out.WriteLine("A phone can't follow this code, which leads to this machine alone. How to let one join: docs/operating.md, \"With a phone\"");
        return 0;
    }

    /// <summary>
    /// One link for everyone: a browser shows the offer's page, a wallet that is given it reads the offer, and one that looks for
    /// <c>credential_offer_uri</c> in it finds that [OpenID4VCI §4.1].
    /// </summary>
    private static string HttpLink(string uri) => $"{uri}?credential_offer_uri={Uri.EscapeDataString(uri)}";

    internal static Dictionary<string, string> Claims(IEnumerable<string> given)
    {
        var claims = new Dictionary<string, string>();
        foreach (var pair in given)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || !claims.TryAdd(pair[..equals], pair[(equals + 1)..]))
                throw NationRefusal.InvalidClaim("--claim must be NAME=VALUE, each name once");
        }

        return claims;
    }

    private static void Print(string memberId, string? transactionCode, string uri, string link)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(link, QRCodeGenerator.ECCLevel.L);
        using var qr = new AsciiQRCode(data);
        Console.Out.WriteLine(qr.GetGraphicSmall());
        Console.Out.WriteLine($"Member            {memberId}");
        Console.Out.WriteLine($"In a browser      {uri}");
        Console.Out.WriteLine($"In a wallet       {link}");
        if (transactionCode is not null) Console.Out.WriteLine($"Transaction code  {transactionCode}  (hand it over another way than the link)");
    }
}
