using System.Text;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Governing;

/// <summary>Where a person wants to be told: an e-mail address, or nowhere but on their page. It is sealed under their own key, and gone with it.</summary>
public static class Contact
{
    /// <summary>The longest address that a path of mail takes, without its brackets [RFC5321 §4.5.3.1.3].</summary>
    private const int MaxLength = 254;

    private const int MaxLocalPart = 64;

    /// <summary>What keeps a member's address, in the place of the one before. Breaks with <c>erased</c> where the member is.</summary>
    /// <param name="member">Whose it is.</param>
    /// <param name="email">The address.</param>
    /// <param name="now">Now.</param>
    /// <exception cref="Refusal"><c>invalid_contact</c>.</exception>
    public static IReadOnlyList<Statement> Put(Member member, string email, DateTimeOffset now) => Fault(email) is { } fault
        ? throw NationRefusal.InvalidContact(fault)
        : Contacts.Put(new Contacts.Row
        {
            MemberId = member.Id,
            Kind = Contacts.Email,
            Address = member.Data.Seal(Encoding.ASCII.GetBytes(email), Place(member.Id)),
            CreatedAt = now.ToUnixTimeSeconds(),
        });

    /// <summary>A member's address; null where they gave none.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">What is stored was altered.</exception>
    public static async Task<string?> EmailAsync(Database database, Member member) => await Contacts.FindAsync(database, member.Id, Contacts.Email) is { } row
        ? Encoding.ASCII.GetString(member.Data.Open(row.Address, Place(member.Id)))
        : null;

    /// <summary>What is wrong with an e-mail address; null where nothing is.</summary>
    /// <remarks>
    /// An address as nearly everyone has one: words of ASCII, parted by single dots, at a host by its name [RFC5321 §4.1.2]. Quoted words, comments, addresses of other
    /// letters and hosts by number are not taken: each is a way to mean something else than is seen.
    /// </remarks>
    public static string? Fault(string email)
    {
        if (email.Length is 0 or > MaxLength) return $"must have 1 to {MaxLength} characters";
        if (email.Split('@') is not [var local, var host]) return "must have one @";
        if (local.Length > MaxLocalPart || !Array.TrueForAll(local.Split('.'), word => word.Length > 0 && word.All(IsInWord)))
            return "must have letters, digits and signs of ASCII before its @, parted by single dots";
        var labels = host.Split('.');
        return labels.Length > 1 && Array.TrueForAll(labels, IsLabel) && !labels[^1].All(char.IsAsciiDigit)
            ? null
            : "must name a host behind its @, one of other letters in its xn-- form";
    }

    // atext [RFC5322 §3.2.3].
    private static bool IsInWord(char letter) => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-/=?^_`{|}~".Contains(letter, StringComparison.Ordinal);

    private static bool IsLabel(string label) =>
        label.Length is > 0 and < 64 && label[0] != '-' && label[^1] != '-' && label.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');

    private static string Place(string memberId) => $"contact/{memberId}/{Contacts.Email}";
}
