import assert from 'node:assert/strict'
import { create, expectStatus, get, NS, patch, post, read, refused, remove, rows } from '../calls.ts'
import { area, works } from '../operation.ts'

export const LOOKUPS = area('Lookups and associations', [
  works(
    { name: 'a lookup by alternate key', request: "PATCH { …@odata.bind: /accounts(accountnumber='…') }", points: 'DV-051 DV-052' },
    async (dv, market) => {
      const accountnumber = market.fresh('REF').slice(0, 20)
      const id = await create(dv, 'accounts', { name: market.fresh('Parent'), accountnumber })
      const contact = await create(dv, 'contacts', {
        lastname: market.fresh('Child'),
        'parentcustomerid_account@odata.bind': `/accounts(accountnumber='${accountnumber}')`,
      })
      assert.equal((await read(dv, `contacts(${contact})?$select=_parentcustomerid_value`))._parentcustomerid_value, id)
    },
  ),
  works({ name: 'clear a lookup', request: 'PATCH { primarycontactid@odata.bind: null }', points: 'DV-055' }, async (dv, market) => {
    for (const body of [{ 'primarycontactid@odata.bind': null }, { primarycontactid: null }]) {
      const id = await create(dv, 'accounts', {
        name: market.fresh('Cleared'),
        'primarycontactid@odata.bind': `/contacts(${market.contacts[0]})`,
      })
      await expectStatus(204, patch(dv, `accounts(${id})`, body))
      assert.equal((await read(dv, `accounts(${id})?$select=_primarycontactid_value`))._primarycontactid_value, null)
    }
  }),
  works(
    { name: 'a lookup of several tables', request: 'PATCH { parentcustomerid_contact@odata.bind }', points: 'DV-053 DV-054' },
    async (dv, market) => {
      const id = await create(dv, 'contacts', {
        lastname: market.fresh('Moves'),
        'parentcustomerid_account@odata.bind': `/accounts(${market.accounts[0]})`,
      })
      await expectStatus(204, patch(dv, `contacts(${id})`, { 'parentcustomerid_contact@odata.bind': `/contacts(${market.contacts[1]})` }))
      const row = await read(
        dv,
        `contacts(${id})?$select=_parentcustomerid_value&$expand=parentcustomerid_account,parentcustomerid_contact($select=lastname)`,
        { prefer: 'odata.include-annotations="*"' },
      )
      assert.deepEqual([row.parentcustomerid_account, row.parentcustomerid_contact.lastname], [null, 'Moen'])
      assert.equal(row[`_parentcustomerid_value@${NS}.lookuplogicalname`], 'contact')
      assert.equal(row[`_parentcustomerid_value@${NS}.associatednavigationproperty`], 'parentcustomerid_contact')
    },
  ),
  works(
    { name: 'the value property is not written', request: 'PATCH { _primarycontactid_value }', points: 'DV-051' },
    async (dv, market) => {
      const id = await create(dv, 'accounts', { name: market.fresh('Sealed') })
      const reply = await patch(dv, `accounts(${id})`, { _primarycontactid_value: market.contacts[0] })
      assert.equal(reply.status, 400, reply.text)
    },
  ),
  works(
    { name: 'set a lookup by reference', request: 'PUT accounts({id})/primarycontactid/$ref', points: 'DV-057' },
    async (dv, market) => {
      const id = await create(dv, 'accounts', { name: market.fresh('Referring') })
      await expectStatus(
        204,
        dv.call('PUT', `/accounts(${id})/primarycontactid/$ref`, { body: { '@odata.id': `${dv.root}/contacts(${market.contacts[0]})` } }),
      )
      assert.equal((await read(dv, `accounts(${id})?$select=_primarycontactid_value`))._primarycontactid_value, market.contacts[0])
      await expectStatus(204, remove(dv, `accounts(${id})/primarycontactid/$ref`))
      assert.equal((await read(dv, `accounts(${id})?$select=_primarycontactid_value`))._primarycontactid_value, null)
    },
  ),
  works(
    {
      name: 'add to a collection and take out of it',
      request: 'POST accounts({id})/contact_customer_accounts/$ref',
      points: 'DV-057 DV-143',
    },
    async (dv, market) => {
      const id = await create(dv, 'accounts', { name: market.fresh('Employer') })
      const path = `accounts(${id})/contact_customer_accounts`
      for (const out of [
        (contact: string) => `${path}(${contact})/$ref`,
        (contact: string) => `${path}/$ref?$id=${dv.root}/contacts(${contact})`,
      ]) {
        const contact = await create(dv, 'contacts', { lastname: market.fresh('Employee') })
        await expectStatus(204, post(dv, `${path}/$ref`, { '@odata.id': `${dv.root}//contacts(${contact})` }))
        assert.equal((await rows(dv, `${path}?$select=lastname`)).length, 1)
        await expectStatus(204, remove(dv, out(contact)))
        assert.equal((await rows(dv, `${path}?$select=lastname`)).length, 0)
      }
      await refused(
        '404 0x80040217',
        post(dv, `${path}/$ref`, { '@odata.id': `${dv.root}/contacts(6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff)` }),
      )
    },
  ),
  works(
    { name: 'a many-to-many pair', request: 'POST systemusers({id})/systemuserroles_association/$ref', points: 'DV-057' },
    async (dv, market) => {
      const unit = { 'businessunitid@odata.bind': `/businessunits(${market.whoAmI.BusinessUnitId})` }
      const role = await create(dv, 'roles', { name: market.fresh('Pair'), ...unit })
      const user = await create(dv, 'systemusers', { domainname: market.fresh('pair'), firstname: 'P', lastname: 'Air', ...unit })
      await expectStatus(
        204,
        post(dv, `systemusers(${user})/systemuserroles_association/$ref`, { '@odata.id': `${dv.root}/roles(${role})` }),
      )
      assert.deepEqual(
        (await rows(dv, `roles(${role})/systemuserroles_association?$select=lastname`)).map((row) => row.systemuserid),
        [user],
      )
      assert.equal(
        (await rows(dv, `systemusers?$select=lastname&$filter=systemuserroles_association/any(r:r/roleid eq ${role})`)).length,
        1,
      )
      await expectStatus(204, remove(dv, `systemusers(${user})/systemuserroles_association(${role})/$ref`))
      assert.deepEqual(await rows(dv, `systemusers(${user})/systemuserroles_association?$select=name`), [])
    },
  ),
  works(
    { name: 'the regarding row of an activity', request: 'POST tasks { regardingobjectid_account_task@odata.bind }', points: 'DV-053' },
    async (dv, market) => {
      const id = await create(dv, 'accounts', { name: market.fresh('Regarded') })
      const task = await create(dv, 'tasks', {
        subject: market.fresh('Call'),
        'regardingobjectid_account_task@odata.bind': `/accounts(${id})`,
      })
      assert.equal((await rows(dv, `accounts(${id})/Account_Tasks?$select=subject`))[0]?.activityid, task)
      assert.equal((await rows(dv, `activitypointers?$select=subject&$filter=activityid eq ${task}`)).length, 1)
    },
  ),
  works(
    { name: 'references to children', request: 'GET accounts({id})/contact_customer_accounts/$ref', points: 'DV-057' },
    async (dv, market) => {
      const references = await rows(dv, `accounts(${market.accounts[0]})/contact_customer_accounts/$ref`)
      assert.deepEqual(
        new Set(references.map((row) => row['@odata.id'])),
        new Set(market.contacts.map((id) => `${dv.root}/contacts(${id})`)),
      )
    },
  ),
  works(
    { name: 'a lookup cannot be emptied as a property', request: 'DELETE accounts({id})/primarycontactid', points: 'DV-109' },
    async (dv, market) => {
      const reply = await remove(dv, `accounts(${market.accounts[0]})/primarycontactid`)
      assert.ok(reply.status >= 400 && reply.status < 500, reply.text)
      assert.equal((await get(dv, `accounts(${market.accounts[0]})/primarycontactid?$select=fullname`)).status, 200)
    },
  ),
])
