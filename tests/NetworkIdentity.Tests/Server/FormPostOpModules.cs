using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>The plan for form_post: the basic one again, with response_mode=form_post [OAuth-Form-Post §2].</summary>
public sealed class FormPostOpModules(SharedServer shared) : BasicOp(shared, "form_post");
