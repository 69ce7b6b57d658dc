using NetworkIdentity.Governing;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>Which e-mail addresses are taken.</summary>
public sealed class ContactTests
{
    [Theory]
    [InlineData("ada@mail.example")]
    [InlineData("Ada.O'Neill+nation@mail.xn--bcher-kva.example")]
    [InlineData("a@b.c")]
    public void A_usual_address_is_taken(string email) => Assert.Null(Contact.Fault(email));

    [Theory]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("@mail.example")]
    [InlineData("ada@")]
    [InlineData("ada@localhost")]
    [InlineData("ada@[192.0.2.1]")]
    [InlineData("ada@192.0.2.1")]
    [InlineData("ada@mail..example")]
    [InlineData("ada@-mail.example")]
    [InlineData("ada@mail-.example")]
    [InlineData("ada@mail.example.")]
    [InlineData("ada@mail_server.example")]
    [InlineData(".ada@mail.example")]
    [InlineData("ada..b@mail.example")]
    [InlineData("ada@b@mail.example")]
    [InlineData("\"ada lovelace\"@mail.example")]
    [InlineData("ada lovelace@mail.example")]
    [InlineData("ada@mail.example\r\nBcc: ben@mail.example")]
    [InlineData("ada>\r\nRCPT TO:<ben@mail.example")]
    [InlineData("ada@mail.example, ben@mail.example")]
    [InlineData("<ada@mail.example>")]
    [InlineData("ada(friend)@mail.example")]
    [InlineData("ädа@mail.example")]
    [InlineData("ada@bücher.example")]
    [InlineData("ada\0@mail.example")]
    public void A93_what_could_mean_something_else_is_not(string email) => Assert.NotNull(Contact.Fault(email));

    [Fact]
    public void Nor_is_what_is_too_long()
    {
        Assert.Null(Contact.Fault(new string('a', 64) + "@mail.example"));
        Assert.NotNull(Contact.Fault(new string('a', 65) + "@mail.example"));
        var host = string.Join('.', Enumerable.Repeat(new string('b', 61), 3)) + ".example";
        Assert.Null(Contact.Fault(new string('a', 254 - 1 - host.Length) + "@" + host));
        Assert.NotNull(Contact.Fault(new string('a', 255 - 1 - host.Length) + "@" + host));
        Assert.NotNull(Contact.Fault("a@" + new string('b', 64) + ".example"));
    }
}
